package io.distillstream.monitor.view;

import io.distillstream.avro.IncumbentComparison;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A candidate beside the incumbent, which is what devices of its channel ran, on the same held-out
 * requests. Agreement is how much of the teacher's distribution p the student's q shares, the mean
 * of {@code Σ min(p, q)}, newer requests weighing more; differences are the candidate's agreement
 * minus the incumbent's, so that 0.01 is a point better. What a refusal does not tell is null.
 *
 * @param version of the incumbent
 * @param samples held-out requests that both answered
 * @param agreement of the candidate
 * @param lowerBound of the difference, at the confidence that the number of looks asks for
 * @param margin largest loss of agreement that counts as no worse
 * @param looks candidates compared with this incumbent, this one included
 * @param deficit what this and earlier updates lost within the margin and did not regain, at most 0
 * @param worstClass the label on which the candidate lost most
 * @param worstClassDifference there, of the shares of requests with the teacher's most probable
 *     class
 */
public record Comparison(
    @Nullable Long version,
    @Nullable Long samples,
    @Nullable Double agreement,
    @Nullable Double incumbentAgreement,
    @Nullable Double difference,
    @Nullable Double lowerBound,
    @Nullable Double margin,
    @Nullable Long looks,
    @Nullable Double deficit,
    @Nullable String worstClass,
    @Nullable Double worstClassDifference) {

  /** Of a published update; null where it was compared with none. */
  static @Nullable Comparison of(@Nullable IncumbentComparison comparison) {
    return comparison == null
        ? null
        : new Comparison(
            comparison.getVersion(),
            (long) comparison.getSamples(),
            comparison.getAgreement(),
            comparison.getIncumbentAgreement(),
            comparison.getAgreement() - comparison.getIncumbentAgreement(),
            comparison.getLowerBound(),
            comparison.getMargin(),
            (long) comparison.getLooks(),
            comparison.getDeficit(),
            comparison.getWorstClass(),
            comparison.getWorstClassDifference());
  }

  /** Of a refused candidate, from the figures of its event. */
  static Comparison of(Map<String, Double> details) {
    Double agreement = details.get("agreement");
    Double incumbentAgreement = details.get("incumbent_agreement");
    Double difference = details.get("difference");
    if (difference == null && agreement != null && incumbentAgreement != null) {
      difference = agreement - incumbentAgreement;
    }
    return new Comparison(
        whole(details.get("incumbent")),
        whole(details.get("samples")),
        agreement,
        incumbentAgreement,
        difference,
        details.get("lower_bound"),
        details.get("margin"),
        whole(details.get("looks")),
        details.get("deficit"),
        null,
        details.get("worst_class_difference"));
  }

  private static @Nullable Long whole(@Nullable Double value) {
    return value == null ? null : Math.round(value);
  }
}
