package io.distillstream.local;

import io.distillstream.avro.StageReport;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * One line per stage: rewritten in place on a terminal, printed now and then elsewhere. Not
 * thread-safe.
 */
final class StageBoard {

  private static final List<String> STAGES = List.of("teacher", "joiner", "trainer", "quantizer");
  private static final Duration PLAIN_PERIOD = Duration.ofSeconds(10);
  private static final String CLEAR_LINE = "\u001b[2K";

  private final PrintWriter out;
  private final boolean terminal;
  private final Function<String, StageReport> reports;
  private final Map<String, RecentRate> rates = new HashMap<>();
  private int drawn;
  private Instant lastPlain = Instant.MIN;

  /**
   * @param terminal whether {@code out} understands cursor movements
   * @param reports what a stage says of itself now
   */
  StageBoard(PrintWriter out, boolean terminal, Function<String, StageReport> reports) {
    this.out = out;
    this.terminal = terminal;
    this.reports = reports;
  }

  /** Draws the stages and whatever else the caller has to say, one line each. */
  void draw(Instant now, List<String> further) {
    List<String> lines = new ArrayList<>();
    for (String stage : STAGES) {
      lines.add("  %-10s %s".formatted(stage, describe(stage, now)));
    }
    lines.addAll(further);
    if (terminal) {
      if (drawn > 0) {
        out.print("\u001b[" + drawn + "A");
      }
      lines.forEach(line -> out.println(CLEAR_LINE + line));
      drawn = lines.size();
    } else if (Duration.between(lastPlain, now).compareTo(PLAIN_PERIOD) >= 0) {
      lastPlain = now;
      out.println(now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
      lines.forEach(out::println);
    }
    out.flush();
  }

  private String describe(String stage, Instant now) {
    StageReport report = reports.apply(stage);
    Map<String, Double> gauges = report.getGauges();
    return switch (stage) {
      case "teacher" ->
          counted(report, "records_labelled", "labelled", now)
              + show(gauges, "queue_depth", "  queue %,.0f");
      case "joiner" -> counted(report, "examples_joined", "joined", now);
      case "trainer" ->
          counted(report, "records_trained", "trained", now)
              + show(gauges, "prequential_agreement", "  agreement %.3f")
              + show(gauges, "prequential_averaged_agreement", " (averaged %.3f)")
              + show(gauges, "temperature", "  τ %.2f")
              + show(gauges, "student_version", "  version %.0f");
      case "quantizer" ->
          "%,d published, %,d refused"
                  .formatted(
                      report.getCounters().getOrDefault("artifacts_published", 0L),
                      report.getCounters().getOrDefault("artifacts_rejected", 0L))
              + show(gauges, "artifact_bytes", "  %,.0f bytes")
              + show(gauges, "gate_agreement", "  INT8/fp32 agreement %.4f");
      default -> throw new IllegalArgumentException("No stage " + stage);
    };
  }

  private String counted(StageReport report, String counter, String verb, Instant now) {
    long count = report.getCounters().getOrDefault(counter, 0L);
    double rate =
        rates
            .computeIfAbsent(counter, name -> new RecentRate(Duration.ofSeconds(10)))
            .at(now, count);
    return String.format(Locale.ROOT, "%,8d %s %6.1f/s", count, verb, rate);
  }

  private static String show(Map<String, Double> gauges, String name, String format) {
    Double value = gauges.get(name);
    return value == null ? "" : String.format(Locale.ROOT, format, value);
  }
}
