package io.distillstream.trainer.checkpoint;

/**
 * What is counted apart from the records trained.
 *
 * @param replayed remembered examples learned again, each time counted anew
 * @param heldOut requests that were met and not learned
 * @param corrected examples learned from with a truth that came late
 */
public record Apart(long replayed, long heldOut, long corrected) {

  public static final Apart NONE = new Apart(0, 0, 0);

  public Apart {
    if (replayed < 0 || heldOut < 0 || corrected < 0) {
      throw new IllegalArgumentException(
          "impossible counts: %d replayed, %d held out, %d corrected"
              .formatted(replayed, heldOut, corrected));
    }
  }
}
