package io.distillstream.benchmarks.scenario.report;

import static io.distillstream.benchmarks.scenario.report.CurveChart.escape;
import static io.distillstream.benchmarks.scenario.report.TextTable.count;
import static io.distillstream.benchmarks.scenario.report.TextTable.decimal;
import static io.distillstream.benchmarks.scenario.report.TextTable.points;

import io.distillstream.benchmarks.scenario.report.CurveChart.Place;
import io.distillstream.benchmarks.scenario.run.Outcome;
import io.distillstream.benchmarks.scenario.run.Outcome.Point;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The report as one self-contained page. */
public final class HtmlPage {
  private final StreamReport report;
  private final StringBuilder html = new StringBuilder();

  private HtmlPage(StreamReport report) {
    this.report = report;
  }

  /** The page in HTML. */
  public static String of(StreamReport report) {
    return new HtmlPage(report).page();
  }

  private String page() {
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width\">\n")
        .append("<title>Traffic as it really comes</title>\n<style>\n")
        .append(css())
        .append("</style></head><body><main>\n<h1>Traffic as it really comes</h1>\n");
    paragraph("sub", report.settings().isEmpty() ? report.set() : report.set() + "; " + settings());
    paragraph(
        "sub",
        "Agreement with the teacher on examples that nobody learns. A line is what devices have:"
            + " dots are published versions, crosses are candidates that the gate refused,"
            + " triangles are alarms. Point at one to read it.");
    Map<String, List<ScenarioRow>> scenarios =
        report.rows().stream()
            .collect(
                Collectors.groupingBy(
                    ScenarioRow::scenario, LinkedHashMap::new, Collectors.toList()));
    scenarios.values().forEach(this::scenario);
    relapses();
    peers();
    return html.append("</main></body></html>\n").toString();
  }

  private void scenario(List<ScenarioRow> rows) {
    ScenarioRow first = rows.get(0);
    heading(first.scenario());
    paragraph(
        "sub",
        String.format(
            Locale.ROOT,
            "%,.1f records in a row with the same label, on average",
            first.meanRun()));
    html.append("<p class=\"legend\">");
    for (ScenarioRow row : rows) {
      html.append("<span class=\"key c%d\"></span>%s ".formatted(curve(row), words(row)));
    }
    html.append("</p>\n").append(chart(rows));
    table(
        List.of(
            "",
            "newest",
            "published",
            "newest of random",
            "published of random",
            "each half of random",
            "forgetting",
            "worst step",
            "published",
            "refused",
            "95 % again: newest",
            "95 % again: published",
            "alarms",
            "records/s"),
        rows.stream().map(HtmlPage::cells).toList());
  }

  private static List<String> cells(ScenarioRow row) {
    Outcome outcome = row.outcome();
    return List.of(
        words(row),
        String.format(Locale.ROOT, "%.4f", outcome.atEnd()),
        decimal("%.4f", outcome.publishedAtEnd()),
        String.format(Locale.ROOT, "%.3f", row.overRandom()),
        decimal("%.3f", row.publishedOverRandom()),
        decimal("%.3f", row.leastHalf()),
        points(outcome.forgetting()),
        points(outcome.worstStep()),
        Long.toString(outcome.published()),
        Long.toString(outcome.refused()),
        count(outcome.recovered()),
        count(outcome.publishedRecovered()),
        Integer.toString(outcome.alarms().size()),
        String.format(Locale.ROOT, "%,.0f", outcome.recordsPerSecond()));
  }

  private static String chart(List<ScenarioRow> rows) {
    List<Point> all = rows.stream().flatMap(row -> row.outcome().curve().stream()).toList();
    double end = all.stream().mapToInt(Point::position).max().orElse(1);
    List<Double> values =
        all.stream()
            .flatMap(point -> Stream.of(point.agreement(), point.devices()))
            .filter(value -> !value.isNaN())
            .toList();
    CurveChart chart =
        new CurveChart(
            end,
            values.stream().mapToDouble(value -> value).min().orElse(0),
            values.stream().mapToDouble(value -> value).max().orElse(1));
    rows.get(0).changeFrom().ifPresent(from -> chart.mark(from, "labels change their meaning"));
    rows.forEach(row -> draw(chart, row));
    return chart.svg("Held-out agreement over records: " + rows.get(0).scenario());
  }

  private static void draw(CurveChart chart, ScenarioRow row) {
    int curve = curve(row);
    List<Point> points = row.outcome().curve();
    chart.line(curve, points.stream().map(p -> new Place(p.position(), p.devices())).toList());
    for (Point point : points) {
      Place place = new Place(point.position(), point.agreement());
      String words =
          String.format(
              Locale.ROOT,
              "%s, %,d records: %.4f",
              words(row),
              point.position(),
              point.agreement());
      if (point.refusal().isEmpty()) {
        chart.dot(curve, place, words + ", published");
      } else {
        chart.cross(curve, place, words + ", refused: " + point.refusal().get());
      }
    }
    for (long alarm : row.outcome().alarms()) {
      chart.alarm(
          curve,
          (double) alarm,
          String.format(Locale.ROOT, "%s, alarm after %,d", words(row), alarm));
    }
  }

  private void relapses() {
    if (report.relapses().isEmpty()) {
      return;
    }
    heading("A good student, then requests grouped by label");
    table(
        List.of("", "before", "seed", "newest", "devices", "worst step", "published", "refused"),
        report.relapses().stream()
            .flatMap(relapse -> relapse.seeds().stream().map(seed -> cells(relapse, seed)))
            .toList());
  }

  private static List<String> cells(Relapse relapse, Relapse.Seed seed) {
    return List.of(
        relapse.variant().words(),
        String.format(Locale.ROOT, "%.4f", relapse.before()),
        Long.toString(seed.seed()),
        String.format(Locale.ROOT, "%.4f", seed.atEnd()),
        String.format(Locale.ROOT, "%.4f", seed.devices()),
        points(seed.worstStep()),
        Long.toString(seed.published()),
        Long.toString(seed.refused()));
  }

  private void peers() {
    if (report.peers().isEmpty()) {
      return;
    }
    heading("The same student in PyTorch from Python");
    table(
        List.of("", "replay", "agreement: ours", "PyTorch", "records/s: ours", "PyTorch"),
        report.peers().stream()
            .map(
                peer ->
                    List.of(
                        peer.scenario(),
                        peer.replay() ? "yes" : "no",
                        String.format(Locale.ROOT, "%.4f", peer.ours()),
                        String.format(Locale.ROOT, "%.4f", peer.theirs()),
                        String.format(Locale.ROOT, "%,.0f", peer.ourRecordsPerSecond()),
                        String.format(Locale.ROOT, "%,.0f", peer.theirRecordsPerSecond())))
            .toList());
  }

  private void table(List<String> titles, List<List<String>> rows) {
    html.append("<div class=\"scroll\"><table><thead><tr>");
    titles.forEach(title -> html.append("<th>").append(escape(title)).append("</th>"));
    html.append("</tr></thead><tbody>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      row.forEach(cell -> html.append("<td>").append(escape(cell)).append("</td>"));
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private void heading(String text) {
    html.append("<h2>").append(escape(text)).append("</h2>\n");
  }

  private void paragraph(String style, String text) {
    html.append("<p class=\"%s\">".formatted(style)).append(escape(text)).append("</p>\n");
  }

  private String settings() {
    return report.settings().entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String words(ScenarioRow row) {
    return row.variant().words();
  }

  private static int curve(ScenarioRow row) {
    return switch (row.variant()) {
      case BOTH -> 0;
      case NO_REPLAY -> 1;
      case NO_GATE -> 2;
      case NEITHER -> 3;
    };
  }

  private static String css() {
    try (InputStream in =
        Objects.requireNonNull(HtmlPage.class.getResourceAsStream("stream-report.css"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The style on the class path cannot be read", e);
    }
  }
}
