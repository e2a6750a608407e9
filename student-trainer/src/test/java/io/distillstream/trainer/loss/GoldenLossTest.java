package io.distillstream.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The golden values come from NumPy in double precision, by the definitions on probabilities; the
 * gradients by complex-step differentiation, which is exact to rounding:
 *
 * <pre>
 * T = np.array([2, -1, .5, -3, 1.25]); S = np.array([.25, .125, -.5, 1.5, -.75])
 * sm = lambda x: np.exp(x) / np.exp(x).sum()
 * forward = lambda p, q: (p * np.log(p / q)).sum(); reverse = lambda p, q: forward(q, p)
 * js = lambda w, p, q: w * forward(p, w*p + (1-w)*q) + (1-w) * forward(q, w*p + (1-w)*q)
 * dense = lambda s: tau**2 * d(sm(T / tau), sm(s / tau))
 * K = [0, 4]; P = sm(T)[K].sum()
 * def topk(s):
 *   Q = sm(s)[K].sum()
 *   within = P * tau**2 * d(sm(T[K] / tau), sm(s[K] / tau))
 *   return within + d(np.array([P, 1 - P]), np.array([Q, 1 - Q]))
 * w = np.array([.5, 0, .25, 0, .5]); sampled = lambda s: (w * (np.log(sm(T)) - np.log(sm(s)))).sum()
 * gradient = [f(S + 1e-30j * np.eye(5)[c]).imag / 1e-30 for c in range(5)]
 * </pre>
 */
class GoldenLossTest {
  private static final float[] TEACHER = {2, -1, 0.5f, -3, 1.25f};
  private static final float[] STUDENT = {0.25f, 0.125f, -0.5f, 1.5f, -0.75f};
  private static final SoftTarget DENSE = new DenseTarget(TEACHER);
  private static final SoftTarget TOP_2 =
      new TopKTarget(5, new int[] {0, 4}, new float[] {2, 1.25f}, (float) 0.7258020492315994);
  private static final SoftTarget SAMPLED =
      new SampledTarget(
          5,
          0,
          new int[] {2, 0, 4},
          new float[] {0.25f, 0.5f, 0.5f},
          new float[] {-2.0607705f, -0.5607704f, -1.3107704f});

  @ParameterizedTest
  @CsvSource({
    "FORWARD, 1, 1.1320385142340967, -0.40981856031250924, 0.11362149669481031,"
        + " -0.05132812989463604, 0.5579270391440488, -0.2104018456317139",
    "FORWARD, 2, 1.824734040936216, -0.4193583189610345, 0.1872423333406106,"
        + " -0.1138318559353883, 0.6658291834520705, -0.31988134189625855",
    "FORWARD, 8, 2.6633844756228395, -0.40187104057965917, 0.20446114516896763,"
        + " -0.20138601294445335, 0.8100088475978209, -0.41121293924267693",
    "REVERSE, 1, 2.6957716474007403, -0.6376314500613192, -0.1543473200577602,"
        + " -0.24417500399449588, 1.2855278813703088, -0.24937410725673378",
    "REVERSE, 2, 2.8696165075160027, -0.5664220743159109, -0.002686733158150831,"
        + " -0.28825316773607146, 1.23063760519521, -0.37327562998507663",
    "REVERSE, 8, 2.9387603393266506, -0.4331867047496674, 0.1457231807683739,"
        + " -0.256370662944463, 0.9707210982121336, -0.4268869112863769",
    "JENSEN_HALF, 1, 0.3057373049035805, -0.08566700636359051, 0.018991343600081503,"
        + " -0.020307325182923077, 0.12442274374620452, -0.03743975579977248",
    "JENSEN_HALF, 8, 0.6939539853812265, -0.10304448050660137, 0.0446146092457379,"
        + " -0.056297869862937534, 0.21813261899088693, -0.10340487786708598",
    "JENSEN_QUARTER, 2, 0.3558565574992022, -0.07703163663999237, 0.030642384740399913,"
        + " -0.02534234245627641, 0.12789341185131772, -0.0561618174954489",
  })
  void shouldEqualTheGoldenValuesForDenseLogits(
      Kind kind, double tau, double value, double g0, double g1, double g2, double g3, double g4) {
    expect(DENSE, kind.divergence(), tau, 1e-12, value, g0, g1, g2, g3, g4);
  }

  @ParameterizedTest
  @CsvSource({
    "FORWARD, 1, 0.8780282689322696, -0.40981856031250935, 0.11296579351521385,"
        + " 0.060466232010734665, 0.4467883804182745, -0.21040184563171382",
    "FORWARD, 2, 0.8787724885330545, -0.40334293129724264, 0.11296579351521385,"
        + " 0.060466232010734665, 0.4467883804182745, -0.21687747464698032",
    "REVERSE, 2, 0.9483852163970194, -0.31785987847643005, 0.091493556575408,"
        + " 0.048972971792835954, 0.36186403590861305, -0.18447068580042697",
    "JENSEN_HALF, 8, 0.20987552301827436, -0.07389447858435041, 0.021670425619229588,"
        + " 0.011599342973563354, 0.08570819594239665, -0.045083485950839046",
  })
  void shouldEqualTheGoldenValuesForTopK(
      Kind kind, double tau, double value, double g0, double g1, double g2, double g3, double g4) {
    // The tail's log-mass is binary32.
    expect(TOP_2, kind.divergence(), tau, 1e-7, value, g0, g1, g2, g3, g4);
  }

  @Test
  void shouldEqualTheGoldenValuesForSamples() {
    expect(
        SAMPLED,
        Divergence.FORWARD_KL,
        1,
        3e-7,
        1.5198591187681736,
        -0.298811729085714,
        0.17754802591820787,
        -0.1549653900162934,
        0.7022160645096032,
        -0.42598697132580376);
  }

  /** {@code -np.log(sm(S))[2]}. */
  @Test
  void shouldEqualTheGoldenCrossEntropy() {
    LossTerm term = LossTerm.crossEntropy(new float[][] {STUDENT}, List.of(DENSE), new int[] {2});
    assertThat(term.value()).isCloseTo(2.5766576894246622, within(1e-12));
    assertThat(term.gradient())
        .containsExactly(
            new double[] {
              0.1609506167314288,
              0.1420384207345663,
              -0.9239723120130348,
              0.5617728516076825,
              0.05921042293935702
            },
            within(1e-12));
  }

  /** {@code -(p * np.log(p)).sum()}, for top-k with three equal logits in place of the tail's. */
  @ParameterizedTest
  @CsvSource({
    "1, 1.058493157098265, 1.1417241360871868",
    "2, 1.3694727033694125, 1.473198612871864",
    "8, 1.5870332494936776, 1.6011844196361837",
  })
  void shouldEqualTheGoldenEntropies(double tau, double dense, double topK) {
    assertThat(DENSE.entropy(tau)).isCloseTo(dense, within(1e-12));
    assertThat(TOP_2.entropy(tau)).isCloseTo(topK, within(1e-7));
    assertThat(SAMPLED.entropy(tau)).isNaN();
  }

  /**
   *
   *
   * <pre>
   * X = np.array([.5, -1, 2]); E = np.array([1, .25, 1.5])
   * cosine = 1 - (X*E).sum() / np.sqrt((X*X).sum() * (E*E).sum()); mse = ((X - E)**2).mean()
   * </pre>
   */
  @Test
  void shouldEqualTheGoldenEmbeddingLosses() {
    float[][] x = {{0.5f, -1, 2}};
    float[][] e = {{1, 0.25f, 1.5f}};
    LossTerm cosine = EmbeddingMatch.COSINE.of(x, e);
    assertThat(cosine.value()).isCloseTo(0.2206621558707651, within(1e-12));
    assertThat(cosine.gradient())
        .containsExactly(
            new double[] {-0.1655736079102404, -0.20839436857668187, -0.06280378231078085},
            within(1e-12));
    LossTerm squared = EmbeddingMatch.MEAN_SQUARED.of(x, e);
    assertThat(squared.value()).isCloseTo(0.6875, within(1e-12));
    assertThat(squared.gradient())
        .containsExactly(new double[] {-1 / 3.0, -2.5 / 3, 1 / 3.0}, within(1e-12));
  }

  private static void expect(
      SoftTarget target,
      Divergence divergence,
      double tau,
      double tolerance,
      double value,
      double... gradient) {
    double[] actual = new double[5];
    assertThat(target.distillation(STUDENT, divergence, tau, actual))
        .isCloseTo(value, within(tolerance));
    assertThat(actual).containsExactly(gradient, within(tolerance));
  }

  enum Kind {
    FORWARD,
    REVERSE,
    JENSEN_HALF,
    JENSEN_QUARTER;

    Divergence divergence() {
      return switch (this) {
        case FORWARD -> Divergence.FORWARD_KL;
        case REVERSE -> Divergence.REVERSE_KL;
        case JENSEN_HALF -> new Divergence.JensenShannon(0.5);
        case JENSEN_QUARTER -> new Divergence.JensenShannon(0.25);
      };
    }
  }
}
