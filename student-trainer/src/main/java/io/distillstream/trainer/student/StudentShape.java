package io.distillstream.trainer.student;

/**
 * Extents that families make a student of, each what it needs.
 *
 * @param width of a word piece's vector
 * @param blocks attention and feed-forward pairs
 * @param heads per block; they divide the width
 * @param feedForward inner width of the feed-forward parts
 * @param positions whether a vector per position is learned
 * @param buckets of hashed pairs of word pieces
 */
public record StudentShape(
    int width, int blocks, int heads, int feedForward, boolean positions, int buckets) {

  /** The extents of a ready-made size. */
  public static StudentShape of(StudentSize size) {
    return new StudentShape(
        size.width(),
        size.blocks(),
        size.heads(),
        size.feedForward(),
        false,
        NgramSpec.STANDARD_BUCKETS);
  }
}
