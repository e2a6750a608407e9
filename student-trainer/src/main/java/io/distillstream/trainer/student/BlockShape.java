package io.distillstream.trainer.student;

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
}
