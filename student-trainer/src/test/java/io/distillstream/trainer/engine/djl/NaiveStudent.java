package io.distillstream.trainer.engine.djl;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.List;

/**
 * Transformer students by its definition: one text, double precision, plain loops, attention in
 * quadratic time as a weighted mean over all pairs of tokens. Shares no code with the engine.
 */
final class NaiveStudent {
  private final int width;
  private final int headWidth;
  private final List<BlockShape> blocks;
  private final boolean positions;
  private final boolean causal;
  private final StudentWeights weights;

  NaiveStudent(StudentWeights weights) {
    this.weights = weights;
    if (weights.spec() instanceof TransformerSpec spec) {
      width = spec.width();
      headWidth = spec.headWidth();
      blocks = spec.blocks();
      positions = spec.positions();
      causal = false;
    } else if (weights.spec() instanceof CausalTransformerSpec spec) {
      width = spec.width();
      headWidth = spec.headWidth();
      blocks = spec.blocks();
      positions = false;
      causal = true;
    } else {
      throw new IllegalArgumentException("no transformer: " + weights.spec());
    }
  }

  /** Of a classifier. */
  double[] logits(int[] tokens) {
    return logits(tokens, new double[tokens.length][width]);
  }

  /**
   * Of a classifier whose word vectors are moved.
   *
   * @param shift per token
   */
  double[] logits(int[] tokens, double[][] shift) {
    double[][] x = hidden(tokens, shift);
    double[] mean = new double[width];
    for (double[] token : x) {
      double[] normed = norm("norm", token);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += normed[i] / x.length;
      }
    }
    return linear("classifier", mean);
  }

  /** Of a causal student, per token. */
  double[][] logitsPerToken(int[] tokens) {
    return logitsPerToken(tokens, new double[tokens.length][width]);
  }

  /** Of a causal student whose word vectors are moved, per token. */
  double[][] logitsPerToken(int[] tokens, double[][] shift) {
    double[][] x = hidden(tokens, shift);
    for (int i = 0; i < x.length; i++) {
      x[i] = linear("classifier", norm("norm", x[i]));
    }
    return x;
  }

  private double[][] hidden(int[] tokens, double[][] shift) {
    double[][] x = new double[tokens.length][];
    for (int i = 0; i < tokens.length; i++) {
      x[i] = sum(row("embedding", tokens[i]), shift[i]);
      if (positions) {
        x[i] = sum(x[i], row("position", i));
      }
    }
    for (int b = 0; b < blocks.size(); b++) {
      x = attend("block" + b + ".attention", x, blocks.get(b).heads());
      for (int i = 0; i < x.length; i++) {
        String name = "block" + b + ".feedforward";
        double[] inner = linear(name + ".inner", norm(name + ".norm", x[i]));
        for (int j = 0; j < inner.length; j++) {
          inner[j] *= normalCumulative(inner[j]);
        }
        x[i] = sum(x[i], linear(name + ".outer", inner));
      }
    }
    return x;
  }

  private double[][] attend(String name, double[][] x, int heads) {
    int inner = heads * headWidth;
    double[][] input = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      input[i] = linear(name + ".input", norm(name + ".norm", x[i]));
    }
    double[][] out = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      double[] mixed = new double[inner];
      int seen = causal ? i + 1 : x.length;
      for (int head = 0; head < heads; head++) {
        int from = head * headWidth;
        double total = 1e-6;
        double[] similarity = new double[x.length];
        for (int j = 0; j < seen; j++) {
          for (int d = from; d < from + headWidth; d++) {
            similarity[j] += feature(input[i][d]) * feature(input[j][inner + d]);
          }
          total += similarity[j];
        }
        for (int j = 0; j < seen; j++) {
          for (int d = from; d < from + headWidth; d++) {
            mixed[d] += similarity[j] / total * input[j][2 * inner + d];
          }
        }
      }
      out[i] = sum(x[i], linear(name + ".output", mixed));
    }
    return out;
  }

  private static double feature(double x) {
    return x > 0 ? x + 1 : Math.exp(x);
  }

  private double[] norm(String name, double[] x) {
    double mean = 0;
    double variance = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    float[] scale = weights.get(name + ".scale").values();
    float[] shift = weights.get(name + ".shift").values();
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5) * scale[i] + shift[i];
    }
    return y;
  }

  private double[] linear(String name, double[] x) {
    float[] weight = weights.get(name + ".weight").values();
    float[] bias = weights.get(name + ".bias").values();
    double[] y = new double[bias.length];
    for (int out = 0; out < bias.length; out++) {
      y[out] = bias[out];
      for (int in = 0; in < x.length; in++) {
        y[out] += x[in] * weight[in * bias.length + out];
      }
    }
    return y;
  }

  private double[] row(String name, int index) {
    FloatTensor table = weights.get(name);
    double[] row = new double[width];
    for (int i = 0; i < row.length; i++) {
      row[i] = table.values()[index * row.length + i];
    }
    return row;
  }

  private static double[] sum(double[] a, double[] b) {
    double[] c = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      c[i] = a[i] + b[i];
    }
    return c;
  }

  /** Of the standard normal, by Simpson's rule from 0; error below 1e-9 for |x| up to 8. */
  static double normalCumulative(double x) {
    int pieces = 400;
    double step = x / pieces;
    double sum = density(0) + density(x);
    for (int i = 1; i < pieces; i++) {
      sum += (i % 2 == 0 ? 2 : 4) * density(i * step);
    }
    return 0.5 + sum * step / 3;
  }

  private static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
