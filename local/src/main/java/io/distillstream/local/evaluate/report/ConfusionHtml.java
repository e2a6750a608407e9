package io.distillstream.local.evaluate.report;

import io.distillstream.local.evaluate.report.EvaluationReport.Evaluated;
import io.distillstream.local.evaluate.score.Confusion;
import io.distillstream.local.evaluate.score.ConfusionMatrix;
import io.distillstream.quantization.report.Html;
import io.distillstream.quantization.report.Html.Cell;
import io.distillstream.quantization.report.Html.Column;
import java.util.List;
import java.util.Locale;

/** A model's confusion matrix as a heat map, and its confusions as a list. */
final class ConfusionHtml {

  /** A browser draws a table of this many rows and columns at once. */
  private static final int LARGEST_MAP = 160;

  private static final int SHADES = 6;

  private final EvaluationReport report;
  private final ConfusionMatrix confusion;
  private final Html html;

  private ConfusionHtml(Html html, EvaluationReport report, ConfusionMatrix confusion) {
    this.html = html;
    this.report = report;
    this.confusion = confusion;
  }

  /** Writes the section of a model. */
  static void write(Html html, EvaluationReport report, Evaluated model) {
    html.heading("Confusions of the " + model.role());
    new ConfusionHtml(html, report, model.scores().confusion()).write();
  }

  private void write() {
    List<Integer> classes = report.occurring();
    if (classes.size() <= LARGEST_MAP) {
      html.element("p", "dim", "Rows are labels, columns answers; shaded by the share of the row.");
      map(classes);
    }
    List<Confusion> confusions = confusion.confusions();
    html.raw("<details><summary>")
        .raw(Html.escape(String.format(Locale.ROOT, "all %,d confusions", confusions.size())))
        .raw("</summary>\n")
        .table(
            List.of(Column.text("label"), Column.text("answer"), Column.number("texts")),
            confusions.stream().map(this::row).toList())
        .raw("</details>\n");
  }

  private List<Cell> row(Confusion found) {
    return List.of(
        Cell.text(report.labels().label(found.truth())),
        Cell.text(report.labels().label(found.answer())),
        Cell.number("%,d", found.texts()));
  }

  private void map(List<Integer> classes) {
    html.raw("<div class=\"scroll\"><table class=\"heat\"><thead><tr><th></th>");
    for (int answer : classes) {
      html.raw("<th><span>" + Html.escape(report.labels().label(answer)) + "</span></th>");
    }
    html.raw("</tr></thead><tbody>\n");
    for (int truth : classes) {
      html.raw("<tr><th>" + Html.escape(report.labels().label(truth)) + "</th>");
      for (int answer : classes) {
        html.raw(cell(truth, answer));
      }
      html.raw("</tr>\n");
    }
    html.raw("</tbody></table></div>\n");
  }

  private String cell(int truth, int answer) {
    long texts = confusion.texts(truth, answer);
    if (texts == 0) {
      return "<td></td>";
    }
    double share = (double) texts / confusion.score(truth).support();
    return String.format(
        Locale.ROOT,
        "<td class=\"heat%d\" title=\"%s → %s\">%d</td>",
        (int) Math.ceil(share * SHADES),
        Html.escape(report.labels().label(truth)),
        Html.escape(report.labels().label(answer)),
        texts);
  }
}
