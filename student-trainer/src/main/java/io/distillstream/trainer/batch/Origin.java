package io.distillstream.trainer.batch;

/** Where a row of a batch comes from. */
public enum Origin {
  /** Traffic, learned for the first time. */
  LIVE,
  /** The student's own hard example, learned for the first time. */
  AUGMENTED,
  /** Remembered traffic that is learned again. */
  REPLAYED
}
