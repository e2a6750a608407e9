package io.distillstream.quantization.weights;

/**
 * How far weights may move before what the last version held them in is given up. What stays as it
 * was need not travel to devices.
 *
 * @param scales share by which the largest magnitude of a channel may fall short of what the last
 *     version's scale holds, before the channel gets a scale of its own; it always does where its
 *     weights do not fit any more
 * @param rounding how much further than half a scale a weight may be from the last version's level,
 *     in scales, before it is rounded to the nearest one
 */
public record Hysteresis(double scales, double rounding) {
  /** Every version is rounded as if it were the first. */
  public static final Hysteresis NONE = new Hysteresis(0, 0);

  public Hysteresis {
    if (!(scales >= 0 && scales < 1)) {
      throw new IllegalArgumentException("scales is " + scales + ", expected 0 to 1");
    }
    if (!(rounding >= 0 && rounding < 0.5)) {
      throw new IllegalArgumentException("rounding is " + rounding + ", expected 0 to 0.5");
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

  /** Whether a weight stays on the level of the last version, where the scale has stayed. */
  boolean stays(float weight, float scale, byte level) {
    return Math.abs((double) weight / scale - level) <= 0.5 + rounding;
  }
}
