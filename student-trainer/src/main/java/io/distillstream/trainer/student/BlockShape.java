package io.distillstream.trainer.student;

import io.distillstream.trainer.parameter.Extents;
import io.distillstream.trainer.parameter.ParameterList;
import java.util.Collections;
import java.util.List;

/**
 * The extent of one transformer block.
 *
 * @param heads of its attention
 * @param feedForward inner width of its feed-forward part
 */
public record BlockShape(int heads, int feedForward) {
  public BlockShape {
    Extents.atLeast(1, heads, "heads");
    Extents.atLeast(1, feedForward, "feedForward");
  }

  /** So many equal blocks. */
  public static List<BlockShape> repeated(int blocks, int heads, int feedForward) {
    Extents.atLeast(0, blocks, "blocks");
    return Collections.nCopies(blocks, new BlockShape(heads, feedForward));
  }

  /** The parameters of a pre-norm transformer block. */
  void addTo(ParameterList all, String prefix, int width, int headWidth) {
    int inner = Math.multiplyExact(heads, headWidth);
    all.norm(prefix + "attention.norm", width);
    // Query, key and value side by side: one product instead of three, here and on the device.
    all.linear(prefix + "attention.input", width, 3 * inner);
    all.linear(prefix + "attention.output", inner, width);
    all.norm(prefix + "feedforward.norm", width);
    all.linear(prefix + "feedforward.inner", width, feedForward);
    all.linear(prefix + "feedforward.outer", feedForward, width);
  }
}
