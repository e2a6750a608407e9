package io.distillstream.teacher.publish;

import io.distillstream.teacher.TeacherAnswer;
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
   * The distribution as it goes into a soft label. Where the teacher told of some classes only, the
   * dense form gives way to top-k logits of these, whose tail is what the others share.
   *
   * @param said with finite logits
   * @param seed of the draws
   */
  public Object distribution(TeacherAnswer said, long seed) {
    float[] logits = said.logits();
    return switch (form) {
      case DENSE ->
          said.told() < logits.length
              ? TopKCodec.encode(logits, said.told())
              : LogitsCodec.encode(logits);
      case TOP_K -> TopKCodec.encode(logits, Math.min(largest, said.told()));
      case SAMPLED -> Draws.from(logits, draws, seed);
    };
  }
}
