package io.distillstream.trainer.augment;

/**
 * How much of what a student learns may be made up of its own hard examples.
 *
 * @param maxShare of the records trained, at any time; 0 makes none and trains none
 * @param candidates words that are weighed for each example
 * @param startRecords learned before the first is made: to a student that knows nothing everything
 *     is hard
 */
public record AugmentationPlan(double maxShare, int candidates, long startRecords) {

  /** Nothing is made up. */
  public static final AugmentationPlan NONE = new AugmentationPlan(0, 1, 0);

  public AugmentationPlan {
    if (!(maxShare >= 0 && maxShare < 1) || candidates < 1 || startRecords < 0) {
      throw new IllegalArgumentException(
          "impossible plan: share %s, %d candidates, from %d records"
              .formatted(maxShare, candidates, startRecords));
    }
  }

  /** Whether one more may be trained, after so many records of which so many were made up. */
  boolean admits(long augmented, long records) {
    return augmented + 1 <= maxShare * (records + 1.0);
  }

  /**
   * How many may be made of a batch.
   *
   * @param sent so far
   * @param records trained so far
   * @param live records of the batch that came as traffic
   */
  int room(long sent, long records, int live) {
    if (records < startRecords) {
      return 0;
    }
    // By what was sent, not by what came back: an answer may take any time. And by the batch, so
    // that what is saved up at the start is not made of one batch.
    double left = Math.floor(maxShare * records) - sent;
    return (int) Math.max(0, Math.min(left, Math.ceil(maxShare * live)));
  }
}
