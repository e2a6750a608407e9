package io.distillstream.trainer.examples;

import io.distillstream.foundation.Sha256;

/**
 * Which requests a student never learns from.
 *
 * @param oneIn one in so many, chosen by a hash of its id, so that it is held out whenever it
 *     comes; 0 for none
 */
public record HeldOutRule(long oneIn) {

  /** Everything is learned. */
  public static final HeldOutRule NONE = new HeldOutRule(0);

  public HeldOutRule {
    if (oneIn < 0 || oneIn == 1) {
      throw new IllegalArgumentException("expected 0, or 2 and more, got one in " + oneIn);
    }
  }

  /** Whether anything is held out. */
  public boolean isOn() {
    return oneIn > 0;
  }

  public boolean holdsOut(String requestId) {
    return isOn() && Long.remainderUnsigned(Sha256.leadingLong(requestId), oneIn) == 0;
  }
}
