package io.distillstream.local.evaluate.report;

import io.distillstream.local.evaluate.report.EvaluationReport.Compared;
import io.distillstream.local.evaluate.report.EvaluationReport.Evaluated;
import io.distillstream.local.evaluate.score.ClassScore;
import io.distillstream.local.evaluate.score.Scores;
import io.distillstream.quantization.report.Html;
import io.distillstream.quantization.report.Html.Cell;
import io.distillstream.quantization.report.Html.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** An evaluation as one self-contained page. */
public final class EvaluationHtml {

  private final EvaluationReport report;
  private final Html html = new Html();

  private EvaluationHtml(EvaluationReport report) {
    this.report = report;
  }

  public static String of(EvaluationReport report) {
    return new EvaluationHtml(report).page();
  }

  private String page() {
    String title = "Evaluation on " + report.file();
    html.element("h1", "", title)
        .element(
            "p",
            "sub",
            String.format(
                Locale.ROOT,
                "%,d texts, %,d with a label; %d classes",
                report.texts(),
                report.labelled(),
                report.labels().size()));
    report.notes().forEach(note -> html.element("div", "decision rejected", note));
    models();
    if (report.labelled() > 0) {
      comparisons();
      classes();
      report.models().forEach(model -> ConfusionHtml.write(html, report, model));
    }
    return Html.page(title, html);
  }

  private void models() {
    html.heading("Models")
        .table(
            List.of(
                Column.text("model"),
                Column.text(""),
                Column.number("texts"),
                Column.text("accuracy"),
                Column.text("agreement with the teacher"),
                Column.number("mean KL from the teacher, nats"),
                Column.number("expected calibration error")),
            report.models().stream().map(EvaluationHtml::model).toList());
  }

  private static List<Cell> model(Evaluated model) {
    Scores scores = model.scores();
    return List.of(
        Cell.text(model.role().text()),
        Cell.text(model.description(), "wrap dim"),
        Cell.number("%,d", scores.texts()),
        bar(scores.confusion().accuracy()),
        bar(scores.agreement()),
        decimal(scores.meanDivergence(), 4),
        decimal(scores.expectedCalibrationError(), 4));
  }

  private void comparisons() {
    if (report.comparisons().isEmpty()) {
      return;
    }
    html.heading("Side by side")
        .element("p", "dim", "On the same labelled texts: accuracy of the first less the second's.")
        .table(
            List.of(
                Column.text("first"),
                Column.text("second"),
                Column.number("right by the first alone"),
                Column.number("right by the second alone"),
                Column.number("difference"),
                Column.number("standard error")),
            report.comparisons().stream().map(EvaluationHtml::comparison).toList());
  }

  private static List<Cell> comparison(Compared compared) {
    return List.of(
        Cell.text(compared.first().text()),
        Cell.text(compared.second().text()),
        Cell.number("%,d", compared.comparison().onlyFirst()),
        Cell.number("%,d", compared.comparison().onlySecond()),
        Cell.number("%+.4f", compared.comparison().difference()),
        Cell.number("%.4f", compared.comparison().standardError()));
  }

  private void classes() {
    List<Column> columns = new ArrayList<>(List.of(Column.text("class"), Column.number("support")));
    for (Evaluated model : report.models()) {
      columns.add(Column.number(model.role() + ": precision"));
      columns.add(Column.number("recall"));
      columns.add(Column.text("F1"));
      columns.add(Column.number("accuracy"));
    }
    html.heading("Classes")
        .element("p", "dim", "Accuracy of a class is that of telling it from all others together.")
        .table(columns, report.occurring().stream().map(this::classRow).toList());
  }

  private List<Cell> classRow(int label) {
    List<Cell> row = new ArrayList<>();
    row.add(Cell.text(report.labels().label(label)));
    row.add(Cell.number("%,d", report.last().scores().confusion().score(label).support()));
    for (Evaluated model : report.models()) {
      ClassScore score = model.scores().confusion().score(label);
      row.add(decimal(score.precision(), 3));
      row.add(decimal(score.recall(), 3));
      row.add(bar(score.f1()));
      row.add(decimal(score.accuracy(), 4));
    }
    return row;
  }

  private static Cell bar(OptionalDouble share) {
    return share.isPresent()
        ? Cell.bar(share.getAsDouble(), String.format(Locale.ROOT, "%.4f", share.getAsDouble()))
        : Cell.text("–", "dim");
  }

  private static Cell decimal(OptionalDouble value, int digits) {
    return value.isPresent()
        ? Cell.number("%." + digits + "f", value.getAsDouble())
        : Cell.text("–", "n");
  }
}
