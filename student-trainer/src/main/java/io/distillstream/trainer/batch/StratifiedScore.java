package io.distillstream.trainer.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * How a student did on a sample that has labels in other shares than the traffic: figures are means
 * over labels, each weighted by its share of the traffic (the estimator of stratified sampling:
 * Cochran, <i>Sampling Techniques</i>, 1977, 5.3), and the figures of each label stand beside.
 *
 * @param labels by the teacher's answer
 */
public record StratifiedScore(Map<Integer, Stratum> labels) {

  /** Nothing scored. */
  public static final StratifiedScore NONE = new StratifiedScore(Map.of());

  /**
   * The records of one label.
   *
   * @param share of the label in the traffic; all of a score are 1 together
   * @param score of its records, at least one
   */
  public record Stratum(double share, BatchScore score) {}

  public StratifiedScore {
    labels = Map.copyOf(labels);
  }

  /**
   * Puts rows together.
   *
   * @param weight of a label in the traffic, above 0, on any scale
   */
  public static StratifiedScore of(List<RowScore> rows, IntToDoubleFunction weight) {
    Map<Integer, List<RowScore>> byLabel = new TreeMap<>();
    rows.forEach(
        row -> byLabel.computeIfAbsent(row.teacherAnswer(), label -> new ArrayList<>()).add(row));
    double sum = byLabel.keySet().stream().mapToDouble(weight::applyAsDouble).sum();
    Map<Integer, Stratum> labels = new TreeMap<>();
    byLabel.forEach(
        (label, scores) ->
            labels.put(
                label, new Stratum(weight.applyAsDouble(label) / sum, BatchScore.of(scores))));
    return new StratifiedScore(labels);
  }

  /** Rows scored. */
  public int records() {
    return labels.values().stream().mapToInt(stratum -> stratum.score().records()).sum();
  }

  /** Share of the traffic that agrees, estimated; NaN without records. */
  public double agreement() {
    return labels.isEmpty() ? Double.NaN : mean(BatchScore::agreement);
  }

  /** Mean KL per record of the traffic, estimated, nats; NaN without records. */
  public double meanKl() {
    return labels.isEmpty() ? Double.NaN : mean(BatchScore::meanKl);
  }

  /** Share of correct answers where the truth is known, estimated; NaN where it never is. */
  public double accuracy() {
    return mean(score -> (double) score.correct() / score.records())
        / mean(score -> (double) score.truthKnown() / score.records());
  }

  /** Confidence beside agreement with the teacher. */
  public CalibrationError toTeacher() {
    return calibration(BatchScore::toTeacher);
  }

  /** Confidence beside correctness, where the truth is known. */
  public CalibrationError toTruth() {
    return calibration(BatchScore::toTruth);
  }

  private double mean(ToDoubleFunction<BatchScore> figure) {
    return inOrder().stream()
        .mapToDouble(stratum -> stratum.share() * figure.applyAsDouble(stratum.score()))
        .sum();
  }

  private CalibrationError calibration(Function<BatchScore, CalibrationError> of) {
    CalibrationError sum = CalibrationError.NONE;
    for (Stratum stratum : inOrder()) {
      BatchScore score = stratum.score();
      sum = sum.plus(of.apply(score).times(stratum.share() / score.records()));
    }
    return sum;
  }

  /** So that a sum is the same one each time. */
  private Collection<Stratum> inOrder() {
    return new TreeMap<>(labels).values();
  }
}
