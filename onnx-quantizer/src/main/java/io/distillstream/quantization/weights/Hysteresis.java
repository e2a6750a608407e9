package io.distillstream.quantization.weights;

/**
 * How far weights may move before what the last version held them in is given up. What stays as it
 * was need not travel to devices.
 *
 * @param scales share by which the largest magnitude of a channel may fall short of what the last
 *     version's scale holds, before the channel gets a scale of its own; it always does where its
 *     weights do not fit any more
 * @param rows share of a row's norm that keeping the levels of the last version may add to its
 *     error; above it the row is rounded anew. A word's vector is a row of its table
 * @param weights how far beyond the half step at which a weight would be rounded to the next level
 *     it may go before it leaves that of the last version, in steps
 */
public record Hysteresis(double scales, double rows, double weights) {
  /** Every version is rounded as if it were the first. */
  public static final Hysteresis NONE = new Hysteresis(0, 0, 0);

  public Hysteresis {
    requireShare("scales", scales);
    requireShare("rows", rows);
    requireShare("weights", weights);
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(name + " is " + share + ", expected 0 to 1");
    }
  }

  /**
   * The scale of a channel.
   *
   * @param largest magnitude in it
   * @param before scale that the last version has
   * @param fresh scale that the channel would get by itself
   * @param levels largest magnitude of a level
   */
  float scale(float largest, float before, float fresh, int levels) {
    double holds = (double) before * levels;
    return largest <= holds && largest >= (1 - scales) * holds ? before : fresh;
  }

  /**
   * The level of a weight.
   *
   * @param steps the weight over its scale
   * @param before level that the last version has
   * @param rounded level that the weight would get by itself
   */
  byte level(float steps, byte before, byte rounded) {
    return weights > 0 && Math.abs(steps - before) <= 0.5 + weights ? before : rounded;
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
