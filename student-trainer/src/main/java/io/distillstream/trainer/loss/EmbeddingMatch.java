package io.distillstream.trainer.loss;

/**
 * How far a student's projected hidden vector x is from a teacher's embedding e. Rows without an
 * embedding do not count. Matching hidden states: Romero et al., <a
 * href="https://arxiv.org/abs/1412.6550">FitNets: Hints for Thin Deep Nets</a>, 2015; the cosine
 * form: Sanh et al., <a href="https://arxiv.org/abs/1910.01108">DistilBERT</a>, 2019.
 */
public enum EmbeddingMatch {
  /**
   * Direction only.
   *
   * <pre>
   * 1 - x·e / (|x| |e|)          d/dx = -(e/|e| - cos x/|x|) / |x|
   * </pre>
   */
  COSINE {
    @Override
    double of(float[] x, float[] e, double[] gradient) {
      // The floor keeps a projection that starts at zero from dividing by it.
      double xNorm = Math.max(norm(x), FLOOR);
      double eNorm = Math.max(norm(e), FLOOR);
      double cosine = 0;
      for (int i = 0; i < x.length; i++) {
        cosine += (x[i] / xNorm) * (e[i] / eNorm);
      }
      for (int i = 0; i < x.length; i++) {
        gradient[i] = -(e[i] / eNorm - cosine * x[i] / xNorm) / xNorm;
      }
      return 1 - cosine;
    }
  },
  /**
   * Direction and length.
   *
   * <pre>
   * Σ (x - e)² / dimension       d/dx = 2 (x - e) / dimension
   * </pre>
   */
  MEAN_SQUARED {
    @Override
    double of(float[] x, float[] e, double[] gradient) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        double difference = (double) x[i] - e[i];
        sum += difference * difference;
        gradient[i] = 2 * difference / x.length;
      }
      return sum / x.length;
    }
  };

  private static final double FLOOR = 1e-8;

  abstract double of(float[] x, float[] e, double[] gradient);

  /**
   * Mean over the rows that have an embedding.
   *
   * @param projected the student's, {@code [rows, dimension]}
   * @param embeddings the teacher's, {@code [rows, dimension]}, an empty row where it gave none
   */
  public LossTerm of(float[][] projected, float[][] embeddings) {
    int columns = projected[0].length;
    double[] all = new double[projected.length * columns];
    double[] gradient = new double[columns];
    int counted = 0;
    for (float[] embedding : embeddings) {
      counted += embedding.length == 0 ? 0 : 1;
    }
    double sum = 0;
    for (int row = 0; row < projected.length; row++) {
      if (embeddings[row].length > 0) {
        sum += of(projected[row], embeddings[row], gradient);
        for (int i = 0; i < columns; i++) {
          all[row * columns + i] = gradient[i] / counted;
        }
      }
    }
    return new LossTerm(counted == 0 ? 0 : sum / counted, all);
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
