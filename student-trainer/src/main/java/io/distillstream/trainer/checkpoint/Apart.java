package io.distillstream.trainer.checkpoint;

/**
 * What is counted apart from the records trained.
 *
 * @param replayed remembered examples learned again, each time counted anew
 * @param heldOut requests that were met and not learned
 */
public record Apart(long replayed, long heldOut) {

  public static final Apart NONE = new Apart(0, 0);

  public Apart {
    if (replayed < 0 || heldOut < 0) {
      throw new IllegalArgumentException(
          "impossible counts: %d replayed, %d held out".formatted(replayed, heldOut));
    }
  }
}
