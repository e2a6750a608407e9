package io.distillstream.benchmarks.scenario.report;

import io.distillstream.benchmarks.scenario.run.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The report as a terminal shows it; differences of agreement are in points. */
public final class TextTable {
  private static final String HEADER =
      """
                        agreement at the end  over random order's             worst  ver-     95 % again after
                        newest    of devices  newest  of devices   forgotten  step   sions refused   newest devices records/s  alarms
      """;

  private TextTable() {}

  /** Everything. */
  public static String of(StreamReport report) {
    StringBuilder text = new StringBuilder(of(report.rows()));
    report.relapses().forEach(relapse -> text.append('\n').append(lines(relapse)));
    if (!report.peers().isEmpty()) {
      text.append("\nbeside PyTorch from Python, one thread each\n")
          .append("                                            agreement        records/s\n")
          .append("                                            ours    PyTorch  ours  PyTorch\n");
      report.peers().forEach(peer -> text.append(line(peer)));
    }
    return text.toString();
  }

  /** A table per scenario. */
  public static String of(List<ScenarioRow> rows) {
    StringBuilder text = new StringBuilder();
    String scenario = "";
    for (ScenarioRow row : rows) {
      if (!row.scenario().equals(scenario)) {
        text.append(scenario.isEmpty() ? "" : "\n");
        scenario = row.scenario();
        text.append(
                String.format(
                    Locale.ROOT, "%s (mean run %,.1f records)%n", scenario, row.meanRun()))
            .append(HEADER);
      }
      text.append(line(row)).append('\n');
    }
    return text.toString();
  }

  private static String line(Peer peer) {
    return String.format(
        Locale.ROOT,
        "  %-32s %-7s  %.4f  %.4f  %,6.0f  %,6.0f%n",
        peer.scenario(),
        peer.replay() ? "replay" : "",
        peer.ours(),
        peer.theirs(),
        peer.ourRecordsPerSecond(),
        peer.theirRecordsPerSecond());
  }

  private static String line(ScenarioRow row) {
    Outcome outcome = row.outcome();
    return String.format(
        Locale.ROOT,
        "  %-16s      %.4f    %-10s  %.3f   %-10s  %9s %6s %5d %7d %8s %7s %,9.0f  %s%s",
        row.variant().words(),
        outcome.atEnd(),
        decimal("%.4f", outcome.publishedAtEnd()),
        row.overRandom(),
        decimal("%.3f", row.publishedOverRandom()),
        points(outcome.forgetting()),
        points(outcome.worstStep()),
        outcome.published(),
        outcome.refused(),
        count(outcome.recovered()),
        count(outcome.publishedRecovered()),
        outcome.recordsPerSecond(),
        alarms(outcome.alarms()),
        row.leastHalf().isPresent()
            ? String.format(
                Locale.ROOT,
                "; each half at least %.3f of random order's",
                row.leastHalf().getAsDouble())
            : "");
  }

  private static String lines(Relapse relapse) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "a good student (%.4f), then %,d records grouped by label, %s%n"
                    + "  seed    newest  devices  worst step  versions  refused%n",
                relapse.before(),
                relapse.records(),
                relapse.variant().words()));
    for (Relapse.Seed seed : relapse.seeds()) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-6d  %.4f  %.4f   %10s  %8d  %7d%n",
              seed.seed(),
              seed.atEnd(),
              seed.devices(),
              points(seed.worstStep()),
              seed.published(),
              seed.refused()));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "  over all        %.4f   %10s  %8d  %7d%n",
                relapse.leastDevices(),
                points(relapse.worstStep()),
                relapse.published(),
                relapse.refused()))
        .toString();
  }

  static String decimal(String format, OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "-";
  }

  static String points(OptionalDouble share) {
    return share.isPresent() ? String.format(Locale.ROOT, "%.2f", 100 * share.getAsDouble()) : "-";
  }

  static String count(OptionalInt records) {
    return records.isPresent() ? String.format(Locale.ROOT, "%,d", records.getAsInt()) : "-";
  }

  private static String alarms(List<Long> alarms) {
    return alarms.isEmpty()
        ? "none"
        : alarms.stream()
            .map(at -> String.format(Locale.ROOT, "%,d", at))
            .collect(Collectors.joining(" "));
  }
}
