package io.distillstream.benchmarks.teachers;

import io.distillstream.joiner.weight.TeacherAccuracy;
import io.distillstream.wire.opinion.Opinion;
import io.distillstream.wire.opinion.OpinionPool;
import io.distillstream.wire.payload.TopKCodec;
import java.util.Arrays;
import java.util.List;

/**
 * Two teachers' logits for the same texts, put together as the joiner and the trainer do.
 *
 * @param first {@code [texts][classes]}
 * @param second {@code [texts][classes]}
 */
@SuppressWarnings("ArrayRecordComponent")
record Committee(float[][] first, float[][] second) {

  /** How the two count. */
  enum Weights {
    ALIKE,
    CONFIDENCE,
    ACCURACY
  }

  /** Share of the texts on which these are right. */
  static double accuracy(float[][] logits, int[] truths) {
    int right = 0;
    for (int i = 0; i < truths.length; i++) {
      right += Opinion.dense(logits[i]).answer() == truths[i] ? 1 : 0;
    }
    return (double) right / truths.length;
  }

  /** The weights by accuracy that follow from other texts and their truths. */
  double[] weights(int[] truths) {
    int classes = first[0].length;
    return new double[] {
      TeacherAccuracy.weight(accuracy(first, truths), classes),
      TeacherAccuracy.weight(accuracy(second, truths), classes)
    };
  }

  /**
   * The pool.
   *
   * @param byAccuracy the weights of {@link Weights#ACCURACY}
   * @param secondKeeps logits that the second teacher publishes of each text; 0 for all
   */
  float[][] pooled(Weights weights, double[] byAccuracy, int secondKeeps) {
    float[][] pooled = new float[first.length][];
    for (int i = 0; i < pooled.length; i++) {
      pooled[i] = pool(i, weights, byAccuracy, secondKeeps).logits();
    }
    return pooled;
  }

  /** Mean disagreement of teachers that count alike, nats. */
  double disagreement() {
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      sum += pool(i, Weights.ALIKE, new double[2], 0).disagreement();
    }
    return sum / first.length;
  }

  private OpinionPool pool(int text, Weights weights, double[] byAccuracy, int secondKeeps) {
    List<Opinion> opinions =
        List.of(Opinion.dense(first[text]), published(second[text], secondKeeps));
    return new OpinionPool(
        opinions,
        switch (weights) {
          case ALIKE -> new double[] {1, 1};
          case CONFIDENCE ->
              opinions.stream().mapToDouble(opinion -> Math.exp(-opinion.entropy())).toArray();
          case ACCURACY -> byAccuracy;
        });
  }

  private static Opinion published(float[] logits, int keeps) {
    return keeps == 0
        ? Opinion.dense(logits)
        : Opinion.of(TopKCodec.encode(logits, keeps), 1).get(0);
  }

  /**
   * By how much more often one is right than another on the same texts, and the standard error of
   * that, over texts.
   */
  static double[] difference(float[][] one, float[][] other, int[] truths) {
    double[] differences = new double[truths.length];
    for (int i = 0; i < truths.length; i++) {
      differences[i] =
          (Opinion.dense(one[i]).answer() == truths[i] ? 1 : 0)
              - (Opinion.dense(other[i]).answer() == truths[i] ? 1 : 0);
    }
    double mean = Arrays.stream(differences).average().orElseThrow();
    double squares = Arrays.stream(differences).map(d -> (d - mean) * (d - mean)).sum();
    return new double[] {mean, Math.sqrt(squares / (truths.length - 1.0) / truths.length)};
  }
}
