package io.distillstream.teacher.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.encoder.ClassifierHead;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadNetworkTest {
  private static final LabelSpace LABELS = new LabelSpace(List.of("a", "b", "c"));
  private static final int WIDTH = 8;

  private static final HeadRecipe PLAIN = new HeadRecipe(16, 32, 1, 1e-2f, 0, 0, 0, 3);
  private static final HeadRecipe DROPPED = new HeadRecipe(16, 32, 1, 1e-2f, 0.01f, 0.5f, 0.1f, 3);

  private final float[][] vectors = new float[32][WIDTH];
  private final int[] labels = new int[32];

  HeadNetworkTest() {
    Random random = new Random(5);
    for (int row = 0; row < vectors.length; row++) {
      labels[row] = random.nextInt(LABELS.size());
      for (int i = 0; i < WIDTH; i++) {
        vectors[row][i] = (float) random.nextGaussian() * 0.1f + (i == labels[row] ? 0.5f : 0);
      }
    }
  }

  private static double crossEntropy(float[] logits, int label) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - logits[label]);
    }
    return Math.log(sum);
  }

  @Test
  void shouldAgreeWithThePlainHeadItTurnsInto() {
    try (HeadNetwork network = new HeadNetwork(WIDTH, LABELS.size(), 10, PLAIN)) {
      ClassifierHead before = network.snapshot(LABELS, Map.of());
      double expected = 0;
      for (int row = 0; row < vectors.length; row++) {
        expected += crossEntropy(before.logits(vectors[row]), labels[row]) / vectors.length;
      }
      assertThat(network.step(vectors, labels)).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void shouldLearn() {
    try (HeadNetwork network = new HeadNetwork(WIDTH, LABELS.size(), 60, DROPPED)) {
      double first = network.step(vectors, labels);
      double last = first;
      for (int i = 1; i < 60; i++) {
        last = network.step(vectors, labels);
      }
      assertThat(last).isLessThan(first / 1.5);
    }
  }

  @Test
  void shouldGiveTheSameWeightsForTheSameSeed() {
    assertThat(Arrays.deepEquals(weightsAfterTenSteps(), weightsAfterTenSteps())).isTrue();
  }

  private float[][] weightsAfterTenSteps() {
    try (HeadNetwork network = new HeadNetwork(WIDTH, LABELS.size(), 10, DROPPED)) {
      for (int i = 0; i < 10; i++) {
        network.step(vectors, labels);
      }
      ClassifierHead head = network.snapshot(LABELS, Map.of());
      return new float[][] {head.hidden().weight(), head.output().weight(), head.output().bias()};
    }
  }

  @Test
  void shouldStopWhenTheLossIsNotANumber() {
    vectors[3][2] = Float.NaN;
    try (HeadNetwork network = new HeadNetwork(WIDTH, LABELS.size(), 10, PLAIN)) {
      assertThatThrownBy(() -> network.step(vectors, labels))
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining("diverged");
    }
  }
}
