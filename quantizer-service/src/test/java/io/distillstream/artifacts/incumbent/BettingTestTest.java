package io.distillstream.artifacts.incumbent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BettingTestTest {
  private static final double MARGIN = 0.01;
  private static final double RISK = 0.05;

  @Test
  void shouldMultiplyWhatIsWonByBets() {
    BettingTest one = new BettingTest(new double[] {0.5}, new double[] {3});
    BettingTest two = new BettingTest(new double[] {0.5, -0.2}, new double[] {2, 1});

    // Σ a g = 0.4·0.99 + 0.3·0.5 + 0.2·0.25 + 0.1·0.125 = 0.6085
    assertThat(Math.exp(one.logEvidenceAgainst(-0.2))).isCloseTo(1 + 0.6085 * 0.7 / 0.8, near());
    assertThat(Math.exp(one.logEvidenceAgainst(0.5))).isCloseTo(1, near());
    // Each bet: (1 + g · 0.7 / 0.8) (1 + g/2 · 0); then a mean of 0.1 and (1 + g 0.4)(1 - g 0.15).
    assertThat(Math.exp(two.logEvidenceAgainst(-0.2))).isCloseTo(1 + 0.6085 * 0.7 / 0.8, near());
    double expected = 0;
    double[][] bets = {{0.4, 0.99}, {0.3, 0.5}, {0.2, 0.25}, {0.1, 0.125}};
    for (double[] bet : bets) {
      double lambda = bet[1] / 1.1;
      expected += bet[0] * (1 + lambda * 0.4) * (1 - lambda * 0.15);
    }
    assertThat(Math.exp(two.logEvidenceAgainst(0.1))).isCloseTo(expected, near());
    assertThat(two.mean()).isCloseTo((2 * 0.5 - 0.2) / 3, near());
    assertThat(two.effectiveSamples()).isCloseTo(1.5, near());
  }

  @Test
  void shouldBoundTheMeanFromBelowWhereTheEvidenceIsJustEnough() {
    double[] differences = new double[500];
    Arrays.setAll(differences, i -> i % 2 == 0 ? 0.1 : -0.05);
    BettingTest test = new BettingTest(differences, ones(500));
    double threshold = Math.log(2 / RISK);

    double bound = test.lowerBound(threshold);

    assertThat(bound).isBetween(0.0, test.mean());
    assertThat(test.logEvidenceAgainst(bound)).isCloseTo(threshold, within(1e-3));
    assertThat(test.logEvidenceAgainst(bound - 0.01)).isGreaterThan(threshold);
  }

  @Test
  void shouldNeedMoreThanAHandfulOfEqualAnswersToRuleOutRareLosses() {
    assertThat(new BettingTest(new double[100], ones(100)).logEvidenceAgainst(-MARGIN))
        .isLessThan(Math.log(2 / RISK));
    assertThat(new BettingTest(new double[700], ones(700)).logEvidenceAgainst(-MARGIN))
        .isGreaterThan(Math.log(2 / RISK));
  }

  /**
   * Candidates that are worse by just the margin, twenty for each incumbent, with weights that
   * differ and losses that are rare, small or noisy.
   */
  @ParameterizedTest
  @ValueSource(strings = {"rare", "constant", "noisy", "heterogeneous"})
  void shouldLetLittleOfWhatIsWorsePassHoweverOftenOneLooks(String kind) {
    SplittableRandom random = new SplittableRandom(17);
    int incumbents = 300;
    int wrong = 0;
    for (int run = 0; run < incumbents; run++) {
      boolean published = false;
      for (int look = 1; look <= 20 && !published; look++) {
        double[] weights = new double[600];
        double[] differences = new double[600];
        for (int i = 0; i < weights.length; i++) {
          weights[i] = Math.pow(2, -i / 400.0);
          differences[i] = difference(kind, i, random);
        }
        published =
            new BettingTest(differences, weights).logEvidenceAgainst(-MARGIN)
                >= Math.log(look * (look + 1) / RISK);
      }
      wrong += published ? 1 : 0;
    }
    assertThat((double) wrong / incumbents).isLessThanOrEqualTo(RISK);
  }

  /** Of mean minus the margin; of a heterogeneous kind in the weighted mean, or below it. */
  private static double difference(String kind, int i, SplittableRandom random) {
    return switch (kind) {
      case "rare" -> random.nextDouble() < MARGIN ? -1 : 0;
      case "constant" -> -MARGIN;
      case "noisy" -> Math.max(-1, Math.min(1, -MARGIN + 0.1 * random.nextGaussian()));
      // Old requests gain what new ones lose, which weigh more.
      case "heterogeneous" -> (i < 300 ? -0.05 : 0.05) - MARGIN + 0.05 * random.nextGaussian();
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0, 0.05, 0.1})
  void shouldLetWhatIsAsGoodPass(double deviation) {
    SplittableRandom random = new SplittableRandom(23);
    int passed = 0;
    for (int run = 0; run < 200; run++) {
      double[] differences = new double[1_500];
      Arrays.setAll(differences, i -> deviation * random.nextGaussian());
      if (new BettingTest(differences, ones(1_500)).logEvidenceAgainst(-MARGIN)
          >= Math.log(2 / RISK)) {
        passed++;
      }
    }
    assertThat(passed).isGreaterThanOrEqualTo(140);
  }

  @Test
  void shouldRefuseNothingToTest() {
    assertThatThrownBy(() -> new BettingTest(new double[0], new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BettingTest(new double[2], new double[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static org.assertj.core.data.Offset<Double> near() {
    return within(1e-12);
  }
}
