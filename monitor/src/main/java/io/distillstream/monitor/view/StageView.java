package io.distillstream.monitor.view;

import io.distillstream.avro.StageReport;
import io.distillstream.lag.Lag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one stage's instances said of themselves. Instances silent for a minute are forgotten. */
final class StageView {

  static final Duration SILENT_AFTER = Duration.ofSeconds(5);
  private static final Duration FORGET_AFTER = Duration.ofMinutes(1);
  private static final int MAX_INSTANCES = 1_000;

  private final WatchedStage stage;
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private @Nullable StageReport newest;

  StageView(WatchedStage stage) {
    this.stage = stage;
  }

  void report(StageReport report) {
    StageReport last = newest;
    if (last == null || !report.getAt().isBefore(last.getAt())) {
      newest = report;
    }
    Instance instance = instances.get(report.getInstance());
    if (instance == null) {
      if (instances.size() == MAX_INSTANCES) {
        return;
      }
      instance = new Instance(report);
      instances.put(report.getInstance(), instance);
    }
    instance.report(
        report, report.getCounters().getOrDefault(stage.output(), 0L), stage.rateWindow());
  }

  /** The newest value of a gauge; null if it was not reported, or not lately. */
  @Nullable Double gauge(String name, Instant now) {
    StageReport last = newest;
    return last == null || isSilent(last.getAt(), now) ? null : last.getGauges().get(name);
  }

  Status.StageStatus status(Instant now, @Nullable Lag lag) {
    instances
        .values()
        .removeIf(instance -> instance.last.getAt().isBefore(now.minus(FORGET_AFTER)));
    Long lagRecords = lag == null ? null : Long.valueOf(lag.records());
    Double lagSeconds = lag == null ? null : lag.seconds();
    StageReport last = newest;
    if (last == null) {
      return new Status.StageStatus(
          stage.label(),
          "awaited",
          0,
          lagRecords,
          lagSeconds,
          null,
          null,
          null,
          Map.of(),
          Map.of(),
          Map.of());
    }
    boolean silent = isSilent(last.getAt(), now);
    int running = 0;
    double rate = 0;
    Map<String, Long> counters = new TreeMap<>();
    for (Instance instance : instances.values()) {
      instance.last.getCounters().forEach((name, count) -> counters.merge(name, count, Long::sum));
      if (!isSilent(instance.last.getAt(), now)) {
        running++;
        rate += instance.rate();
      }
    }
    return new Status.StageStatus(
        stage.label(),
        silent ? "silent" : "running",
        running,
        lagRecords,
        lagSeconds,
        silent ? null : rate,
        counters.get(stage.output()),
        last.getAt().toString(),
        counters,
        new TreeMap<>(last.getGauges()),
        new TreeMap<>(last.getNotes()));
  }

  private static boolean isSilent(Instant at, Instant now) {
    return at.isBefore(now.minus(SILENT_AFTER));
  }

  /** One process's reports within the rate window. */
  private static final class Instance {

    private record Sample(Instant at, long count) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private StageReport last;

    Instance(StageReport first) {
      last = first;
    }

    void report(StageReport report, long count, Duration window) {
      last = report;
      Sample previous = samples.peekLast();
      if (previous != null && count < previous.count()) {
        // It was started anew.
        samples.clear();
      }
      samples.addLast(new Sample(report.getAt(), count));
      while (samples.getFirst().at().isBefore(report.getAt().minus(window))) {
        samples.removeFirst();
      }
    }

    double rate() {
      Sample first = samples.getFirst();
      Sample latest = samples.getLast();
      double seconds = Duration.between(first.at(), latest.at()).toMillis() / 1000.0;
      return seconds > 0 ? (latest.count() - first.count()) / seconds : 0;
    }
  }
}
