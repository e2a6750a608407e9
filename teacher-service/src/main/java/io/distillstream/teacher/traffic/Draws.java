package io.distillstream.teacher.traffic;

import io.distillstream.avro.SampledClasses;
import io.distillstream.wire.payload.SampledCodec;
import java.util.SplittableRandom;

/**
 * Draws classes from a teacher's distribution, with replacement. The share of the draws that fell
 * on a class is its weight, whose expectation is the class's probability; so a student learns from
 * the draws without bias: Anshumann et al., <a href="https://arxiv.org/abs/2503.16870">Sparse Logit
 * Sampling</a>, 2025.
 */
final class Draws {

  private Draws() {}

  /**
   * The record of {@code draws} draws, a function of its arguments.
   *
   * @param logits {@code [classes]}, finite
   */
  static SampledClasses from(float[] logits, int draws, long seed) {
    double[] logProbabilities = logSoftmax(logits);
    double[] cumulative = new double[logits.length];
    double sum = 0;
    int answer = 0;
    for (int c = 0; c < logits.length; c++) {
      sum += Math.exp(logProbabilities[c]);
      cumulative[c] = sum;
      answer = logits[c] > logits[answer] ? c : answer;
    }
    int[] counts = new int[logits.length];
    SplittableRandom random = new SplittableRandom(seed);
    int distinct = 0;
    for (int draw = 0; draw < draws; draw++) {
      int c = firstAbove(cumulative, random.nextDouble() * sum);
      distinct += counts[c] == 0 ? 1 : 0;
      counts[c]++;
    }
    int[] indices = new int[distinct];
    float[] weights = new float[distinct];
    float[] logs = new float[distinct];
    int next = 0;
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] > 0) {
        indices[next] = c;
        weights[next] = (float) counts[c] / draws;
        logs[next++] = (float) logProbabilities[c];
      }
    }
    return SampledCodec.encode(logits.length, draws, answer, indices, weights, logs);
  }

  /** Index of the first value over {@code x}, which is below the last. */
  private static int firstAbove(double[] rising, double x) {
    int low = 0;
    int high = rising.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rising[middle] > x) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static double[] logSoftmax(float[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    double[] result = new double[logits.length];
    for (int c = 0; c < logits.length; c++) {
      result[c] = logits[c] - max - Math.log(sum);
    }
    return result;
  }
}
