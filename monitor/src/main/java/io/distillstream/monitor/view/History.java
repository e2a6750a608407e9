package io.distillstream.monitor.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The series behind the charts: the body of {@code GET /api/history}, in snake case. Columns of one
 * series are of the same length; a long history is thinned, its newest points kept.
 *
 * @param training one point per checkpoint
 * @param refused candidates that were not published, of the versions that the training series
 *     spans, at most 64, in the order in which they were refused; their {@code records_trained} is
 *     where they belong on the curves
 * @param freshness one point per installation
 */
public record History(
    TrainingSeries training, List<Status.Refusal> refused, FreshnessSeries freshness) {

  /**
   * Over {@code records}, trained since the fresh start. Prequential figures, with the newest
   * weights, where nothing else is said.
   *
   * @param averagedAgreement with the averaged weights; null where the newest are published, and
   *     where too few records were scored with both to tell
   * @param averagedKl likewise
   * @param heldOutAgreement on the held-out memory, with the weights that devices get; null where
   *     nothing is held out, or too little was met
   * @param heldOutKl likewise
   * @param heldOutNewestAgreement with the newest weights; null also where devices get those
   * @param heldOutNewestKl likewise
   */
  public record TrainingSeries(
      List<Double> records,
      List<Double> agreement,
      List<Double> kl,
      List<@Nullable Double> accuracy,
      List<Double> loss,
      List<Double> temperature,
      List<Double> alpha,
      List<@Nullable Double> averagedAgreement,
      List<@Nullable Double> averagedKl,
      List<@Nullable Double> heldOutAgreement,
      List<@Nullable Double> heldOutKl,
      List<@Nullable Double> heldOutNewestAgreement,
      List<@Nullable Double> heldOutNewestKl) {}

  /** Over {@code at}, epoch seconds; the others are seconds. */
  public record FreshnessSeries(List<Double> at, List<Double> p50, List<Double> p95) {}
}
