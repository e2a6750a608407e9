package io.distillstream.benchmarks.lag;

import io.distillstream.benchmarks.measure.BusyTime;
import io.distillstream.benchmarks.service.BenchmarkCluster;
import io.distillstream.lag.GroupSelection;
import io.distillstream.lag.LagBounds;
import io.distillstream.lag.LagCollector;
import io.distillstream.lag.LagMeter;
import io.distillstream.lag.LagSample;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What measuring the lag of consumer groups costs its process, at rest and under traffic. */
@Command(
    name = "lag",
    mixinStandardHelpOptions = true,
    description = {
      "Processor time of measuring the lag of consumer groups every few seconds, as the monitor",
      "does, on a broker of its own: at rest, where every group has read everything, and under",
      "traffic in transactions, with every group some offsets behind."
    })
public final class LagBenchmark implements Callable<Integer> {

  private static final int EXACT_UP_TO = 1_000;

  /** Selects the groups of the benchmark, of which none is expected beforehand. */
  private static final class AllGroups implements GroupSelection {
    @Override
    public boolean includes(String group) {
      return group.startsWith("group-" + MeasuredTraffic.PREFIX);
    }

    @Override
    public Map<String, Set<String>> inputs(Collection<String> existing) {
      return Map.of();
    }

    @Override
    public Set<String> topics() {
      return Set.of();
    }
  }

  @Option(
      names = "--partitions",
      description = "Partitions, in topics of ten with a group each (default: ${DEFAULT-VALUE}).")
  private int partitions = 200;

  @Option(
      names = "--rate",
      description = "Records a second under traffic (default: ${DEFAULT-VALUE}).")
  private int rate = 2_000;

  @Option(
      names = "--seconds",
      description = "Measured at rest, and again under traffic (default: ${DEFAULT-VALUE}).")
  private int seconds = 60;

  @Option(
      names = "--period-seconds",
      description = "From one measurement to the next (default: ${DEFAULT-VALUE}).")
  private int periodSeconds = 5;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  LagBenchmark() {}

  @Override
  public Integer call() throws Exception {
    int topics = Math.max(1, partitions / MeasuredTraffic.PARTITIONS_PER_TOPIC);
    Clock clock = Clock.systemUTC();
    try (BenchmarkCluster cluster = new BenchmarkCluster();
        ServiceContext context = cluster.context("lag");
        MeasuredTraffic traffic = new MeasuredTraffic(context.cluster(), topics);
        LagCollector lag = collector(context.cluster(), clock)) {
      // Everything is loaded and compiled beforehand.
      traffic.write(seconds / 2, rate);
      traffic.commit(0);
      TimeUnit.SECONDS.sleep(2L * periodSeconds);
      double before = processorMillis();
      TimeUnit.SECONDS.sleep(seconds);
      report("at rest", seconds, processorMillis() - before, lag.last());
      before = processorMillis();
      long start = System.nanoTime();
      traffic.write(seconds, rate);
      double took = (System.nanoTime() - start) / 1e9;
      report(
          "%,.0f records/s".formatted(seconds * rate / took),
          took,
          processorMillis() - before,
          lag.last());
    }
    return 0;
  }

  private LagCollector collector(ClusterConnection cluster, Clock clock) {
    return LagCollector.start(
        LagMeter.connect(
            cluster.adminProperties(), new AllGroups(), new LagBounds(EXACT_UP_TO), clock),
        Duration.ofSeconds(periodSeconds),
        clock);
  }

  /** Of the thread that measures and of its client's network thread. */
  private static double processorMillis() {
    double millis = 0;
    for (String thread : LagCollector.THREADS) {
      millis += ManagementFactory.getThreadMXBean().getThreadCpuTime(BusyTime.thread(thread)) / 1e6;
    }
    return millis;
  }

  private void report(String when, double over, double millis, LagSample last) {
    long inexact =
        last.groups().stream()
            .flatMap(group -> group.topics().stream())
            .flatMap(topic -> topic.partitions().stream())
            .filter(partition -> !partition.lag().exact())
            .count();
    print(
        "%-16s %d partitions, %d groups: %.2f %% of a core; last measurement %d ms, lag %,d records,"
            + " %d partitions not exact",
        when,
        last.partitions().size(),
        last.groups().size(),
        millis / over / 10,
        last.took().toMillis(),
        last.groups().stream().mapToLong(group -> group.lag().records()).sum(),
        inexact);
  }

  private void print(String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
