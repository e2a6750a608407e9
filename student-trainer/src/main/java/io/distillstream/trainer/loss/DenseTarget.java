package io.distillstream.trainer.loss;

import io.distillstream.model.ArgMax;
import io.distillstream.wire.opinion.LogMath;

/**
 * The logits of every class.
 *
 * <pre>
 * τ² D(softmax(t/τ), softmax(s/τ))
 * </pre>
 *
 * @param logits t, raw, never softened, {@code [classes]}
 */
@SuppressWarnings("ArrayRecordComponent")
public record DenseTarget(float[] logits) implements SoftTarget {

  /**
   * @throws IllegalArgumentException for fewer than two classes or a logit that is not finite
   */
  public DenseTarget {
    if (logits.length < 2) {
      throw new IllegalArgumentException("expected two classes or more, got " + logits.length);
    }
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new IllegalArgumentException("a teacher logit is " + logit);
      }
    }
  }

  @Override
  public int classes() {
    return logits.length;
  }

  @Override
  public int answer() {
    return ArgMax.of(logits);
  }

  @Override
  public double distillation(
      float[] student, Divergence divergence, double temperature, double[] gradient) {
    double value =
        divergence.of(
            LogSpace.logSoftmax(logits, temperature),
            LogSpace.logSoftmax(student, temperature),
            gradient);
    // d/ds = (d/du) / τ, because u = s/τ.
    for (int c = 0; c < gradient.length; c++) {
      gradient[c] *= temperature;
    }
    return temperature * temperature * value;
  }

  @Override
  public double entropy(double temperature) {
    return LogMath.entropy(LogSpace.logSoftmax(logits, temperature));
  }
}
