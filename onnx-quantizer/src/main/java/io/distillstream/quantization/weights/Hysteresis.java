package io.distillstream.quantization.weights;

/**
 * How far weights may move before what the last version held them in is given up. What stays as it
 * was need not travel to devices.
 *
 * @param scales share by which the largest magnitude of a channel may fall short of what the last
 *     version's scale holds, before the channel gets a scale of its own; it always does where its
 *     weights do not fit any more. That one leaves half of this share as room, so that weights may
 *     grow as well as shrink before the next one
 * @param rows share of a row's norm that keeping the levels of the last version may add to its
 *     error; above it the row is rounded anew. A word's vector is a row of its table
 */
public record Hysteresis(double scales, double rows) {
  /** Every version is rounded as if it were the first. */
  public static final Hysteresis NONE = new Hysteresis(0, 0);

  public Hysteresis {
    requireShare("scales", scales);
    requireShare("rows", rows);
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(name + " is " + share + ", expected 0 to 1");
    }
  }

  /**
   * The scale of a channel.
   *
   * @param before scale that the last version has
   * @param fresh the smallest scale that holds the channel
   */
  float scale(float before, float fresh) {
    return fresh <= before && fresh >= (1 - scales) * before ? before : withRoom(fresh);
  }

  /**
   * The scale of a channel that has none before.
   *
   * @param fresh the smallest scale that holds the channel
   */
  float withRoom(float fresh) {
    return (float) (fresh / (1 - scales / 2));
  }

  /**
   * Whether a row stays on the levels of the last version.
   *
   * @param kept squared error that it has on them
   * @param rounded squared error that it would have if it were rounded anew
   * @param squares of its weights, summed
   */
  boolean stays(double kept, double rounded, double squares) {
    return kept - rounded <= rows * rows * squares;
  }
}
