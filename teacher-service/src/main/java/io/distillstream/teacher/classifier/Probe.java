package io.distillstream.teacher.classifier;

import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.classifier.ClassifierSettings.Scores;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a classifier out at its start, so that what is wrong with it is told then. */
final class Probe {

  private static final Logger log = LoggerFactory.getLogger(Probe.class);

  private static final String SHORT = "two words";
  private static final String LONGER = "some more words, beside which two of them are padded";

  private static final double TOLERANCE = 1e-3;

  /** Rounding moves scores by a thousandth of it. */
  private static final double BATCH_TOLERANCE = 0.01;

  private final ClassifierSettings settings;
  private final ScoreModel model;

  Probe(ClassifierSettings settings, ScoreModel model) {
    this.settings = settings;
    this.model = model;
  }

  /**
   * Runs a text alone, once more, and beside a longer one.
   *
   * @param scores of texts, {@code [texts, classes]}
   * @throws TeacherException if the scores are no numbers, of another kind than the settings say,
   *     or others each time, or if texts of unlike length cannot be one batch
   */
  void check(Function<List<String>, List<float[]>> scores) {
    float[] alone = scores.apply(List.of(SHORT)).get(0);
    checkKind(alone);
    if (distance(alone, scores.apply(List.of(SHORT)).get(0)) > TOLERANCE) {
      throw new TeacherException(
          "%s: %s is another one each time for the same text; was it exported without eval()?"
              .formatted(model, model.output()));
    }
    double moved = distance(alone, scores.apply(List.of(SHORT, LONGER)).get(0));
    if (moved > BATCH_TOLERANCE) {
      log.warn(
          "{}: what it says of a text moves by {} with the text beside it in a batch: it ignores the"
              + " attention mask, or quantizes activations by the batch",
          model,
          String.format(Locale.ROOT, "%.3f", moved));
    }
  }

  private void checkKind(float[] scores) {
    boolean probabilities = true;
    double sum = 0;
    for (float score : scores) {
      if (!Float.isFinite(score)) {
        throw new TeacherException(
            "%s: %s holds %s for the text '%s'".formatted(model, model.output(), score, SHORT));
      }
      probabilities &= score >= 0 && score <= 1 + TOLERANCE;
      sum += score;
    }
    probabilities &= Math.abs(sum - 1) < TOLERANCE;
    if (probabilities != (settings.scores() == Scores.PROBABILITIES)) {
      throw new TeacherException(
          "%s: %s holds %s: set teacher.%s.scores = %s"
              .formatted(
                  model,
                  model.output(),
                  probabilities ? "probabilities, not logits" : "no probabilities",
                  settings.kind(),
                  probabilities ? "probabilities" : "logits"));
    }
  }

  /** The largest difference of two scores, as a share of the largest score if that is above 1. */
  private static double distance(float[] one, float[] other) {
    double largest = 1;
    double difference = 0;
    for (int c = 0; c < one.length; c++) {
      largest = Math.max(largest, Math.abs(one[c]));
      difference = Math.max(difference, Math.abs(one[c] - other[c]));
    }
    return difference / largest;
  }
}
