package io.distillstream.benchmarks.datafree;

import io.distillstream.benchmarks.datafree.DataFreeBenchmark.Texts;
import io.distillstream.model.ArgMax;
import io.distillstream.trainer.batch.BatchScore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The figures as a table. */
final class DataFreeTable {

  private DataFreeTable() {}

  /**
   * A row for each kind of texts: means over seeds, and their standard error, in which chance of
   * the seeds and of the scored texts add up.
   *
   * @param teachers accuracy
   * @param texts that were scored
   */
  static List<String> of(Map<Texts, List<BatchScore>> scores, double teachers, int texts) {
    List<String> lines = new ArrayList<>();
    lines.add("| learned from | accuracy, each seed | mean | of the teacher's | agreement |");
    lines.add("|---|---|---|---|---|");
    scores.forEach(
        (kind, each) -> {
          double accuracy = mean(each, BatchScore::accuracy);
          double error = error(each, BatchScore::accuracy, texts);
          lines.add(
              String.format(
                  Locale.ROOT,
                  "| %s | %s | %.3f ± %.3f | %.1f %% ± %.1f | %.3f ± %.3f |",
                  kind.name().toLowerCase(Locale.ROOT),
                  each.stream()
                      .map(score -> String.format(Locale.ROOT, "%.3f", score.accuracy()))
                      .collect(Collectors.joining(", ")),
                  accuracy,
                  error,
                  100 * accuracy / teachers,
                  100 * error / teachers,
                  mean(each, BatchScore::agreement),
                  error(each, BatchScore::agreement, texts)));
        });
    return lines;
  }

  private static double mean(List<BatchScore> scores, ToDoubleFunction<BatchScore> figure) {
    return scores.stream().mapToDouble(figure).average().orElseThrow();
  }

  /** Of a mean over seeds, all of which were scored on the same texts. */
  static double error(List<BatchScore> scores, ToDoubleFunction<BatchScore> figure, int texts) {
    double mean = mean(scores, figure);
    double ofTexts = mean * (1 - mean) / texts;
    double ofSeeds =
        scores.size() < 2
            ? 0
            : scores.stream()
                    .mapToDouble(figure)
                    .map(value -> (value - mean) * (value - mean))
                    .sum()
                / (scores.size() - 1.0)
                / scores.size();
    return Math.sqrt(ofTexts + ofSeeds);
  }

  /** Share of the texts on which these logits are right. */
  static double accuracy(float[][] logits, int[] truths) {
    long right = 0;
    for (int i = 0; i < truths.length; i++) {
      right += ArgMax.of(logits[i]) == truths[i] ? 1 : 0;
    }
    return (double) right / truths.length;
  }

  /** How often each class is the most probable one. */
  static int[] answers(float[][] logits) {
    int[] answers = new int[logits[0].length];
    Arrays.stream(logits).forEach(row -> answers[ArgMax.of(row)]++);
    return answers;
  }
}
