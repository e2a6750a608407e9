package io.distillstream.local.evaluate.report;

import io.distillstream.local.evaluate.answer.Role;
import io.distillstream.local.evaluate.score.PairedComparison;
import io.distillstream.local.evaluate.score.Scores;
import io.distillstream.model.LabelSpace;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What an evaluation found.
 *
 * @param file that was scored
 * @param texts in it
 * @param labelled how many of them have a label
 * @param labels the classes that the scores count by
 * @param models scored, at least one, in the order of their roles
 * @param comparisons of pairs of them; none without labels
 * @param notes what was left out, and why
 */
public record EvaluationReport(
    String file,
    long texts,
    long labelled,
    LabelSpace labels,
    List<Evaluated> models,
    List<Compared> comparisons,
    List<String> notes) {

  public EvaluationReport {
    models = List.copyOf(models);
    comparisons = List.copyOf(comparisons);
    notes = List.copyOf(notes);
    if (models.isEmpty()) {
      throw new IllegalArgumentException("An evaluation has at least one model");
    }
  }

  /**
   * A model that was scored.
   *
   * @param description its name and version, for people
   */
  public record Evaluated(Role role, String description, Scores scores) {}

  /** Two models on the labelled texts. */
  public record Compared(Role first, Role second, PairedComparison comparison) {}

  /** The classes that a label or an answer of any model names, in the order of the labels. */
  List<Integer> occurring() {
    return IntStream.range(0, labels.size())
        .filter(
            label -> models.stream().anyMatch(model -> model.scores().confusion().occurs(label)))
        .boxed()
        .toList();
  }

  /** The model nearest to devices, whose confusions come first. */
  Evaluated last() {
    return models.get(models.size() - 1);
  }
}
