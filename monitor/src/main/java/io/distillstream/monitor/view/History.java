package io.distillstream.monitor.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The series behind the charts: the body of {@code GET /api/history}, in snake case. Columns of one
 * series are of the same length; a long history is thinned, its newest points kept.
 *
 * @param training one point per checkpoint
 * @param freshness one point per installation
 */
public record History(TrainingSeries training, FreshnessSeries freshness) {

  /**
   * Over {@code records}, trained since the fresh start, with the newest weights.
   *
   * @param averagedAgreement with the averaged weights; null where the newest are published, and
   *     where too few records were scored with both to tell
   * @param averagedKl likewise
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
      List<@Nullable Double> averagedKl) {}

  /** Over {@code at}, epoch seconds; the others are seconds. */
  public record FreshnessSeries(List<Double> at, List<Double> p50, List<Double> p95) {}
}
