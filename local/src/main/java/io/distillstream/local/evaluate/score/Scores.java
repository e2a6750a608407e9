package io.distillstream.local.evaluate.score;

import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.trainer.batch.CalibrationError;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How one model's answers are, text by text. Texts without a label count for agreement and
 * divergence alone. Not thread-safe.
 */
public final class Scores {

  private final ConfusionMatrix confusion;
  private CalibrationError calibration = CalibrationError.NONE;
  private long texts;
  private long compared;
  private long agreeing;
  private double divergence;

  /** Nothing scored yet. */
  public Scores(int classes) {
    confusion = new ConfusionMatrix(classes);
  }

  /**
   * Counts an answer.
   *
   * @param truth class of the text's label, if it has one
   * @param teacher what the teacher answers, where this model is not the teacher itself
   */
  public void add(Answer answer, OptionalInt truth, Optional<Answer> teacher) {
    texts++;
    if (truth.isPresent()) {
      confusion.add(truth.getAsInt(), answer.label());
      calibration =
          calibration.plus(
              CalibrationError.of(answer.confidence(), answer.label() == truth.getAsInt()));
    }
    if (teacher.isPresent()) {
      compared++;
      agreeing += answer.label() == teacher.get().label() ? 1 : 0;
      divergence += answer.divergenceFrom(teacher.get());
    }
  }

  /** Texts answered. */
  public long texts() {
    return texts;
  }

  /** Over the texts with a label. */
  public ConfusionMatrix confusion() {
    return confusion;
  }

  /** Share of texts for which the teacher answers the same class; empty without a teacher. */
  public OptionalDouble agreement() {
    return Ratio.share(agreeing, compared);
  }

  /** Mean {@code KL(teacher ‖ model)}, nats; empty without a teacher. */
  public OptionalDouble meanDivergence() {
    return Ratio.mean(divergence, compared);
  }

  /** Expected calibration error against the labels, 15 bins; empty without labels. */
  public OptionalDouble expectedCalibrationError() {
    return confusion.total() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(calibration.expectedCalibrationError());
  }
}
