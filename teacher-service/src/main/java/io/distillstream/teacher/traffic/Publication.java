package io.distillstream.teacher.traffic;

import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.TopKCodec;

/**
 * How a teacher's answers are written to the log.
 *
 * @param form of the distribution
 * @param largest logits kept of the top-k form; of fewer classes all are
 * @param draws per text of the sampled form
 * @param embeddings whether the teacher's vectors go along
 */
public record Publication(Form form, int largest, int draws, boolean embeddings) {

  /** All logits, no embeddings. */
  public static final Publication DENSE = new Publication(Form.DENSE, 1, 1, false);

  /** The members of the wire contract's union. */
  public enum Form {
    /** Every logit. */
    DENSE,
    /** The largest logits, and the mass of the others as one number. */
    TOP_K,
    /** Classes drawn from the distribution. */
    SAMPLED
  }

  /**
   * @throws IllegalArgumentException if nothing would be published
   */
  public Publication {
    if (largest < 1 || draws < 1) {
      throw new IllegalArgumentException(
          "cannot publish the largest %d logits or %d draws".formatted(largest, draws));
    }
  }

  /**
   * The distribution as it goes into a soft label.
   *
   * @param logits {@code [classes]}, finite
   * @param seed of the draws
   */
  public Object distribution(float[] logits, long seed) {
    return switch (form) {
      case DENSE -> LogitsCodec.encode(logits);
      case TOP_K -> TopKCodec.encode(logits, Math.min(largest, logits.length));
      case SAMPLED -> Draws.from(logits, draws, seed);
    };
  }
}
