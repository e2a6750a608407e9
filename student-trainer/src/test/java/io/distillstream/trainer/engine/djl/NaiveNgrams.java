package io.distillstream.trainer.engine.djl;

import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.Arrays;

/** A bag of n-grams by its definition, in double precision. Shares no code with the engine. */
final class NaiveNgrams {
  private final NgramSpec spec;
  private final StudentWeights weights;

  NaiveNgrams(StudentWeights weights) {
    this.spec = (NgramSpec) weights.spec();
    this.weights = weights;
  }

  double[] logits(int[] tokens) {
    return logits(tokens, new double[spec.width()]);
  }

  /**
   * With the mean moved.
   *
   * @param shift {@code [width]}
   */
  double[] logits(int[] tokens, double[] shift) {
    double[] mean = shift.clone();
    int count = 2 * tokens.length - 1;
    for (int i = 0; i < tokens.length; i++) {
      add(mean, tokens[i], count);
      if (i > 0) {
        long mixed = 1_327_217_885L * tokens[i - 1] + 889_516_853L * tokens[i];
        int bucket = (int) (mixed % 2_147_483_647L % spec.buckets());
        add(mean, spec.vocabularySize() + bucket, count);
      }
    }
    mean = norm(mean, weights.get("norm.scale").values(), weights.get("norm.shift").values());
    float[] weight = weights.get("classifier.weight").values();
    float[] bias = weights.get("classifier.bias").values();
    double[] logits = new double[bias.length];
    for (int c = 0; c < logits.length; c++) {
      logits[c] = bias[c];
      for (int i = 0; i < mean.length; i++) {
        logits[c] += mean[i] * weight[i * logits.length + c];
      }
    }
    return logits;
  }

  private static double[] norm(double[] x, float[] scale, float[] shift) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(value -> (value - mean) * (value - mean)).sum();
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance / x.length + 1e-5) * scale[i] + shift[i];
    }
    return y;
  }

  private void add(double[] mean, int row, int count) {
    float[] table = weights.get(StudentSpec.EMBEDDING).values();
    for (int i = 0; i < mean.length; i++) {
      mean[i] += table[row * mean.length + i] / (double) count;
    }
  }
}
