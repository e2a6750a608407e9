package io.distillstream.trainer.batch;

/** Where a row of a batch comes from. */
public enum Origin {
  /** Traffic, learned for the first time. */
  LIVE,
  /** The student's own hard example, learned for the first time. */
  AUGMENTED,
  /** A text made up since there was no traffic yet, learned for the first time. */
  SYNTHETIC,
  /** Traffic that was learned, or passed, without its truth, with the truth that came late. */
  CORRECTED,
  /** Remembered traffic that is learned again. */
  REPLAYED;

  /** Whether such a row counts among the records that are learned for the first time. */
  public boolean isFresh() {
    return this == LIVE || this == AUGMENTED || this == SYNTHETIC;
  }
}
