package io.distillstream.benchmarks.overload;

import io.distillstream.benchmarks.measure.MemorySample;
import io.distillstream.benchmarks.service.BenchmarkCluster;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.traffic.TeacherService;
import io.distillstream.teacher.traffic.TeacherSettings;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What callers of the teacher get when there are too many of them, and when others send slowly or
 * nothing. The clients run in the same process and share its processors.
 */
@Command(
    name = "overload",
    mixinStandardHelpOptions = true,
    description = {
      "The teacher over HTTP at several times its capacity, beside clients that send slowly or",
      "nothing at all, and beside a backlog on the request log."
    })
public final class OverloadBenchmark implements Callable<Integer> {

  private static final int TEXTS = 4_096;
  private static final int TEXTS_PER_CALL = 8;
  private static final int CALLERS = 12;
  private static final int SLICES = 6;

  @Option(names = "--seconds", description = "Of overload (default: ${DEFAULT-VALUE}).")
  private double seconds = 60;

  @Option(names = "--factor", description = "Load over capacity (default: ${DEFAULT-VALUE}).")
  private double factor = 5;

  @Option(
      names = "--slow",
      description = "Connections that send a byte every 2 s (default: ${DEFAULT-VALUE}).")
  private int slow = 300;

  @Option(
      names = "--idle",
      description = "Connections that send nothing (default: ${DEFAULT-VALUE}).")
  private int idle = 2_000;

  @Option(
      names = "--calls",
      description = "One by one, per round beside slow clients (default: ${DEFAULT-VALUE}).")
  private int calls = 400;

  @Option(
      names = "--rounds",
      description = "With and without slow clients (default: ${DEFAULT-VALUE}).")
  private int rounds = 2;

  @Option(
      names = "--backlog-seconds",
      description =
          "Beside a backlog on the request log, of single calls and of overload (default:"
              + " ${DEFAULT-VALUE}).")
  private double backlogSeconds = 20;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  OverloadBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<String> texts =
        WordNetGlosses.load().traffic().subList(0, TEXTS).stream().map(Gloss::text).toList();
    TeacherSettings settings =
        TeacherSettings.from(
            Settings.load(TeacherSettings.all(), Map.of("teacher.http.port", "0")));
    try (BenchmarkCluster cluster = new BenchmarkCluster();
        ServiceContext context = cluster.context("overload");
        TeacherService service = new TeacherService(settings, context)) {
      service.start();
      URI address = service.address().orElseThrow();
      Acknowledged acknowledged = new Acknowledged();
      TeacherCalls many = new TeacherCalls(address, texts, TEXTS_PER_CALL, acknowledged);
      many.closedLoop(CALLERS, seconds / 6); // Warm-up.
      overload(out, many);
      audit(out, acknowledged.audit(context.cluster(), context.pipeline()));
      TeacherCalls one = new TeacherCalls(address, texts, 1, acknowledged);
      slowClients(out, one, address);
      backlog(out, one, many, texts, new LogBacklog(context));
    }
    return 0;
  }

  /**
   * In turns with what the teacher can do, because a shared machine is not as fast all the time.
   */
  private void overload(PrintWriter out, TeacherCalls calls) throws Exception {
    Answers pushed = new Answers();
    double slice = seconds / SLICES;
    double sum = 0;
    double callersAlone = 0;
    double callersPushing = 0;
    for (int i = 0; i < SLICES; i++) {
      CallersTime alone = new CallersTime();
      double capacity = capacity(calls, slice);
      callersAlone += alone.share() / SLICES;
      CallersTime pushing = new CallersTime();
      calls.openLoop(factor * capacity / TEXTS_PER_CALL, slice, pushed);
      callersPushing += pushing.share() / SLICES;
      sum += capacity;
      print(out, "%.0f s beyond capacity: %s", (i + 1) * slice, MemorySample.take(i + 1));
    }
    double mean = sum / SLICES;
    print(out, "capacity %.0f texts/s, %d texts a call", mean, TEXTS_PER_CALL);
    report(out, "%.0f times capacity".formatted(factor), pushed, mean);
    print(
        out,
        "callers took %.1f %% of the processors at capacity, %.1f %% beyond it: goodput %.3f of what"
            + " they left",
        100 * callersAlone,
        100 * callersPushing,
        goodput(pushed, mean) * (1 - callersAlone) / (1 - callersPushing));
    Answers told = new Answers();
    int callers = (int) Math.round(factor * mean / TEXTS_PER_CALL);
    TeacherCalls.Returns returns = calls.obedient(callers, seconds, told);
    double after = (mean + capacity(calls, slice)) / 2;
    report(out, "%d callers that obey Retry-After".formatted(callers), told, after);
    print(
        out,
        "of %d calls that came back when told, %d were taken at once",
        returns.all(),
        returns.taken());
  }

  private static void audit(PrintWriter out, Acknowledged.Audit audit) {
    print(
        out,
        "%,d texts answered; %d of them have no soft label, %d have two",
        audit.answered(),
        audit.lost(),
        audit.twice());
  }

  private static double capacity(TeacherCalls calls, double span) throws Exception {
    return calls.closedLoop(CALLERS, span).answered() * TEXTS_PER_CALL / span;
  }

  private void report(PrintWriter out, String load, Answers answers, double capacity) {
    print(
        out,
        "%s: accepted p50 %.0f ms, p99 %.0f ms, worst %.0f ms; goodput %.3f of capacity; refused"
            + " %.3f, failed %d",
        load,
        answers.percentile(50),
        answers.percentile(99),
        answers.percentile(100),
        goodput(answers, capacity),
        answers.refusedShare(),
        answers.failures());
  }

  private double goodput(Answers answers, double capacity) {
    return answers.answered() * TEXTS_PER_CALL / seconds / capacity;
  }

  private void slowClients(PrintWriter out, TeacherCalls one, URI address) throws Exception {
    URI health = address.resolve("/health/live");
    Answers without = new Answers();
    Answers with = new Answers();
    Answers healthWithout = new Answers();
    Answers healthWith = new Answers();
    long ended = 0;
    for (int round = 0; round < rounds; round++) {
      one.oneByOne(calls, without, health, healthWithout);
      try (SlowClients beside = new SlowClients(address.getPort(), slow, idle)) {
        one.oneByOne(calls, with, health, healthWith);
        ended += beside.reopened();
      }
    }
    print(
        out,
        "one call after the other: p50 %.1f ms, p99 %.1f ms; beside %d slow and %d idle clients"
            + " %.1f and %.1f ms, ratio of p99 %.2f; failed %d; slow ones ended %d",
        without.percentile(50),
        without.percentile(99),
        slow,
        idle,
        with.percentile(50),
        with.percentile(99),
        with.percentile(99) / without.percentile(99),
        without.failures() + with.failures(),
        ended);
    print(
        out,
        "/health/live between them: p99 %.1f ms, worst %.1f ms; beside slow and idle clients %.1f and"
            + " %.1f ms",
        healthWithout.percentile(99),
        healthWithout.percentile(100),
        healthWith.percentile(99),
        healthWith.percentile(100));
  }

  private void backlog(
      PrintWriter out, TeacherCalls one, TeacherCalls many, List<String> texts, LogBacklog log)
      throws Exception {
    double capacity = capacity(many, backlogSeconds / 2);
    Answers alone = one.closedLoop(1, backlogSeconds / 2);
    // The log takes all that single calls leave, and more than its share for a while afterwards.
    int written = (int) Math.ceil(2 * capacity * backlogSeconds);
    log.write(texts, written);
    LogBacklog.Work begun = log.work();
    Answers beside = one.closedLoop(1, backlogSeconds);
    LogBacklog.Work single = log.work();
    Answers pushed = new Answers();
    many.openLoop(factor * capacity / TEXTS_PER_CALL, backlogSeconds, pushed);
    LogBacklog.Work over = log.work();
    print(
        out,
        "beside a backlog of %,d records, one call after the other: p50 %.0f ms, p99 %.0f ms, alone"
            + " %.0f and %.0f ms; log %.3f of capacity",
        written,
        beside.percentile(50),
        beside.percentile(99),
        alone.percentile(50),
        alone.percentile(99),
        single.since(begun).logsTexts() / backlogSeconds / capacity);
    print(
        out,
        "%.0f times capacity beside it: accepted p50 %.0f ms, p99 %.0f ms; model's time for callers"
            + " %.3f, for the log %.3f; texts %.0f and %.0f; refused %.3f, failed %d; left %,.0f",
        factor,
        pushed.percentile(50),
        pushed.percentile(99),
        over.since(single).callersShare(),
        1 - over.since(single).callersShare(),
        over.since(single).callersTexts(),
        over.since(single).logsTexts(),
        pushed.refusedShare(),
        pushed.failures(),
        written - over.since(begun).logsTexts());
  }

  private static void print(PrintWriter out, String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
