package io.distillstream.local.evaluate.report;

import static java.util.Comparator.comparingDouble;

import io.distillstream.local.evaluate.report.EvaluationReport.Compared;
import io.distillstream.local.evaluate.report.EvaluationReport.Evaluated;
import io.distillstream.local.evaluate.score.ClassScore;
import io.distillstream.local.evaluate.score.Confusion;
import io.distillstream.local.evaluate.score.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** An evaluation for a terminal of 96 columns. What is not known is a dash. */
public final class EvaluationText {

  private static final int WIDTH = 96;
  private static final int MOST_CLASSES = 25;
  private static final int MOST_CONFUSIONS = 10;

  private final EvaluationReport report;
  private final List<String> lines = new ArrayList<>();

  private EvaluationText(EvaluationReport report) {
    this.report = report;
  }

  public static List<String> of(EvaluationReport report) {
    return new EvaluationText(report).lines();
  }

  private List<String> lines() {
    add(
        "%s: %,d texts, %,d with a label; %d classes",
        report.file(), report.texts(), report.labelled(), report.labels().size());
    summary();
    comparisons();
    if (report.labelled() > 0) {
      classes();
      confusions();
    }
    if (!report.notes().isEmpty()) {
      lines.add("");
      report.notes().forEach(lines::add);
    }
    return lines.stream().map(line -> clipped(line, WIDTH)).toList();
  }

  private void summary() {
    lines.add("");
    report.models().forEach(model -> add("  %-9s %s", model.role(), model.description()));
    lines.add("");
    add("  %-9s %9s %9s %10s %10s %7s", "", "texts", "accuracy", "agreement", "KL (nats)", "ECE");
    for (Evaluated model : report.models()) {
      Scores scores = model.scores();
      add(
          "  %-9s %,9d %9s %10s %10s %7s",
          model.role(),
          scores.texts(),
          decimal(scores.confusion().accuracy(), 4),
          decimal(scores.agreement(), 4),
          decimal(scores.meanDivergence(), 4),
          decimal(scores.expectedCalibrationError(), 4));
    }
  }

  private void comparisons() {
    if (!report.comparisons().isEmpty()) {
      lines.add("");
      add("  %-28s %10s %14s %12s", "accuracy", "difference", "standard error", "right alone");
    }
    for (Compared compared : report.comparisons()) {
      add(
          "  %-28s %+10.4f %14.4f %12s",
          compared.first() + " less " + compared.second(),
          compared.comparison().difference(),
          compared.comparison().standardError(),
          String.format(
              Locale.ROOT,
              "%,d : %,d",
              compared.comparison().onlyFirst(),
              compared.comparison().onlySecond()));
    }
  }

  /** All classes, or, of many, those that the last model tells worst. */
  private void classes() {
    List<Integer> all = report.occurring();
    List<Integer> shown =
        all.size() <= MOST_CLASSES
            ? all
            : all.stream().sorted(comparingDouble(this::lastF1)).limit(MOST_CLASSES).toList();
    String title = shown.size() < all.size() ? "class, lowest F1" : "class";
    int width = Math.min(width(title, shown), WIDTH - 10 - 20 * report.models().size());
    lines.add("");
    StringBuilder roles = new StringBuilder(" ".repeat(width + 10));
    StringBuilder heads = new StringBuilder(format("  %-" + width + "s %7s", title, "support"));
    for (Evaluated model : report.models()) {
      roles.append(format("  %-18s", model.role()));
      heads.append(format("  %6s%6s%6s", "prec", "rec", "F1"));
    }
    lines.add(roles.toString().stripTrailing());
    lines.add(heads.toString());
    for (int label : shown) {
      StringBuilder row = new StringBuilder();
      String name = clipped(report.labels().label(label), width);
      row.append(format("  %-" + width + "s %,7d", name, score(report.last(), label).support()));
      for (Evaluated model : report.models()) {
        ClassScore score = score(model, label);
        row.append(
            format(
                "  %6s%6s%6s",
                decimal(score.precision(), 3), decimal(score.recall(), 3), decimal(score.f1(), 3)));
      }
      lines.add(row.toString());
    }
    if (shown.size() < all.size()) {
      add("  %d of %d classes; --json and --html have all", shown.size(), all.size());
    }
  }

  /** Of the last model, with what the others make of the same. */
  private void confusions() {
    List<Confusion> confusions = report.last().scores().confusion().confusions();
    if (confusions.isEmpty()) {
      return;
    }
    List<Confusion> shown = confusions.subList(0, Math.min(MOST_CONFUSIONS, confusions.size()));
    List<Integer> named =
        shown.stream().flatMap(c -> List.of(c.truth(), c.answer()).stream()).toList();
    int width = Math.min(width("answer", named), (WIDTH - 4 - 9 * report.models().size()) / 2);
    lines.add("");
    add("  most frequent confusions of the %s, with every model's counts", report.last().role());
    add(
        "  %-" + width + "s %-" + width + "s%s",
        "label",
        "answer",
        report.models().stream()
            .map(model -> format("%9s", model.role()))
            .collect(Collectors.joining()));
    for (Confusion confusion : shown) {
      add(
          "  %-" + width + "s %-" + width + "s%s",
          clipped(report.labels().label(confusion.truth()), width),
          clipped(report.labels().label(confusion.answer()), width),
          report.models().stream()
              .map(
                  model ->
                      format(
                          "%,9d",
                          model.scores().confusion().texts(confusion.truth(), confusion.answer())))
              .collect(Collectors.joining()));
    }
  }

  /** As wide as a column's title and as the longest name in it. */
  private int width(String title, List<Integer> labels) {
    return labels.stream()
        .mapToInt(label -> report.labels().label(label).length())
        .reduce(title.length(), Math::max);
  }

  private double lastF1(int label) {
    return score(report.last(), label).f1().orElse(0);
  }

  private static ClassScore score(Evaluated model, int label) {
    return model.scores().confusion().score(label);
  }

  private void add(String format, Object... values) {
    lines.add(format(format, values));
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String clipped(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }

  private static String decimal(OptionalDouble value, int digits) {
    return value.isPresent() ? format("%." + digits + "f", value.getAsDouble()) : "-";
  }
}
