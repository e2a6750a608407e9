package io.distillstream.trainer.student;

import java.util.List;

/**
 * What a student's forward pass keeps for its backward pass, estimated from its shape; weights not
 * counted.
 */
public final class Activations {
  /**
   * How many bytes of activations a step may hold at a time: a larger batch is learned in parts,
   * whose gradients add up.
   */
  public static final long MAX_BYTES = 256L << 20;

  private Activations() {}

  /** Bytes for each of the {@link StudentSpec#vectors(int)} of a text. */
  public static long bytesPerVector(StudentSpec spec) {
    long values = 4L * spec.width();
    if (spec instanceof TransformerSpec transformer) {
      values += values(transformer.width(), transformer.blocks());
    } else if (spec instanceof CausalTransformerSpec causal) {
      // A row of logits for each token, its gradient, and what the loss makes of them.
      values += values(causal.width(), causal.blocks()) + 4L * causal.classes();
    }
    return values * Float.BYTES;
  }

  private static long values(int width, List<BlockShape> blocks) {
    return blocks.stream().mapToLong(block -> 12L * width + 4L * block.feedForward()).sum();
  }
}
