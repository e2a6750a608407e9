package io.distillstream.local.terminal;

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
import org.jspecify.annotations.Nullable;

/**
 * One line per stage: rewritten in place on a terminal, printed now and then elsewhere. On a
 * terminal, log lines appear above the block until it is closed. Used by one thread; log lines may
 * come from any.
 */
public final class StageBoard implements AutoCloseable {

  private static final List<String> STAGES = List.of("teacher", "joiner", "trainer", "quantizer");
  private static final Duration PLAIN_PERIOD = Duration.ofSeconds(10);
  private static final String CLEAR_LINE = "\u001b[2K";
  private static final String CLEAR_BELOW = "\u001b[J";

  /** Lines longer than the screen is wide are cut, so that each takes one row of it. */
  private static final String CUT = "\u001b[?7l";

  private static final String WRAP = "\u001b[?7h";

  private final PrintWriter out;
  private final boolean terminal;
  private final Function<String, StageReport> reports;
  private final Map<String, RecentRate> rates = new HashMap<>();
  private final @Nullable LogAbove log;
  private List<String> block = List.of();
  private Instant lastPlain = Instant.MIN;

  /**
   * @param terminal whether {@code out} understands cursor movements
   * @param reports what a stage says of itself now
   */
  public StageBoard(PrintWriter out, boolean terminal, Function<String, StageReport> reports) {
    this.out = out;
    this.terminal = terminal;
    this.reports = reports;
    this.log = terminal ? new LogAbove(this::above) : null;
  }

  /** Draws the stages and whatever else the caller has to say, one line each. */
  public void draw(Instant now, List<String> further) {
    List<String> lines = new ArrayList<>();
    for (String stage : STAGES) {
      lines.add("  %-10s %s".formatted(stage, describe(stage, now)));
    }
    lines.addAll(further);
    // Stages are asked without the lock: a thread that logs may hold what they need to answer.
    show(lines, now);
  }

  private synchronized void show(List<String> lines, Instant now) {
    if (terminal) {
      toTop();
      block = lines;
      drawBlock();
    } else if (Duration.between(lastPlain, now).compareTo(PLAIN_PERIOD) >= 0) {
      lastPlain = now;
      out.println(now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
      lines.forEach(out::println);
    }
    out.flush();
  }

  /** Prints a line below the block, which stays as it is; the next drawing begins another. */
  public synchronized void print(String line) {
    block = List.of();
    out.println(line);
    out.flush();
  }

  /** Prints a line that stays, above the block. */
  private synchronized void above(String line) {
    toTop();
    out.println(CLEAR_BELOW + line);
    drawBlock();
    out.flush();
  }

  private void toTop() {
    if (!block.isEmpty()) {
      out.print("\u001b[" + block.size() + "A");
    }
  }

  private void drawBlock() {
    out.print(CUT);
    block.forEach(line -> out.println(CLEAR_LINE + line));
    out.print(WRAP);
  }

  /** Leaves the block as it is: what is printed from now on comes below it. */
  @Override
  public void close() {
    if (log != null) {
      log.close();
    }
  }

  private String describe(String stage, Instant now) {
    StageReport report = reports.apply(stage);
    Map<String, Double> gauges = report.getGauges();
    return switch (stage) {
      case "teacher" ->
          counted(report, "records_labelled", "labelled", now)
              + show(gauges, "queue_depth", "  queue %,.0f");
      case "joiner" ->
          counted(report, "examples_joined", "joined", now)
              + show(gauges, "teacher_disagreement", "  disagreement %.3f nats");
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
              + show(gauges, "delta_bytes", " (delta %,.0f)")
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
