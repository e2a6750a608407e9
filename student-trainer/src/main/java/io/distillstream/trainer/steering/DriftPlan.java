package io.distillstream.trainer.steering;

/**
 * What counts as a drift of the stream, and what is done about it.
 *
 * @param enabled whether anything is
 * @param delta bound on the probability of a false alarm per check, 0 to 1; smaller is slower
 * @param rewind share of their way by which the ramps of temperature and learning rate go back at
 *     most, 0 to 1: 1 starts them over
 * @param minRecords trained between two alarms
 * @param minDrop of agreement, 0 to 1: a smaller one is no change of the stream, however sure it is
 */
public record DriftPlan(
    boolean enabled, double delta, double rewind, long minRecords, double minDrop) {

  /** No detection. */
  public static final DriftPlan OFF = new DriftPlan(false, 0.5, 0, 0, 0);

  public DriftPlan {
    if (!(delta > 0 && delta < 1)
        || !(rewind >= 0 && rewind <= 1)
        || minRecords < 0
        || !(minDrop >= 0 && minDrop < 1)) {
      throw new IllegalArgumentException(
          "impossible drift plan: delta %s, rewind %s, %d records between alarms, drop %s"
              .formatted(delta, rewind, minRecords, minDrop));
    }
  }
}
