package io.distillstream.wire.opinion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpinionPoolTest {
  private static final double[] ALIKE = {1, 1};

  @Test
  void shouldKeepASingleTeachersLogits() {
    float[] logits = {1, -2, 0.5f};

    assertThat(new OpinionPool(List.of(Opinion.dense(logits)), new double[] {3}).logits())
        .containsExactly(logits);
  }

  @Test
  void shouldBeTheWeightedGeometricMeanAtEveryTemperature() {
    float[] first = {3, 0, -1};
    float[] second = {-1, 2, 0};
    float[] pool =
        new OpinionPool(
                List.of(Opinion.dense(first), Opinion.dense(second)), new double[] {0.6, 0.2})
            .logits();

    for (double temperature : new double[] {1, 2, 8}) {
      double[] p = softmax(first, temperature);
      double[] q = softmax(second, temperature);
      double[] geometric = new double[p.length];
      double sum = 0;
      for (int c = 0; c < p.length; c++) {
        geometric[c] = Math.pow(p[c], 0.75) * Math.pow(q[c], 0.25);
        sum += geometric[c];
      }
      double[] actual = softmax(pool, temperature);
      for (int c = 0; c < p.length; c++) {
        assertThat(actual[c]).isCloseTo(geometric[c] / sum, within(1e-6));
      }
    }
  }

  @Test
  void shouldCountAlikeWhereNobodyHasAWeightOrOneOfThemSaysNone() {
    float[] first = {3, 0};
    float[] second = {1, 2};

    assertThat(pool(new double[] {0, 0}, first, second)).containsExactly(2, 1);
    assertThat(OpinionPool.logits(List.of(said(first, 0.9), said(second, null))))
        .containsExactly(2, 1);
    assertThat(OpinionPool.logits(List.of(said(first, 1.0), said(second, 0.0))))
        .containsExactly(first);
  }

  @Test
  void shouldSpreadATailAsTheOtherTeacherWould() {
    double[] dense = {0.1, 0.2, 0.3, 0.4};
    // Names class 1 with 0.7; its tail of 0.3 is shared by 0, 2 and 3 as 1 : 3 : 4.
    double[] completed = {0.3 / 8, 0.7, 0.3 * 3 / 8, 0.3 * 4 / 8};
    Opinion topK = Opinion.of(TopKCodec.encode(logs(0.1, 0.7, 0.1, 0.1), 1), 1).get(0);

    OpinionPool pool = new OpinionPool(List.of(Opinion.dense(logs(dense)), topK), ALIKE);

    double[] geometric = new double[4];
    for (int c = 0; c < 4; c++) {
      geometric[c] = Math.sqrt(dense[c] * completed[c]);
    }
    assertThat(softmax(pool.logits(), 1)).containsExactly(normalized(geometric), within(1e-3));
  }

  @Test
  void shouldLeaveTheOthersRatiosWithinATailAsTheyAre() {
    float[] dense = logs(0.1, 0.2, 0.3, 0.4);
    Opinion topK = Opinion.of(TopKCodec.encode(logs(0.05, 0.9, 0.04, 0.01), 2), 1).get(0);

    float[] pool =
        new OpinionPool(List.of(Opinion.dense(dense), topK), new double[] {0.3, 0.7}).logits();

    assertThat(pool[2] - pool[3]).isCloseTo(dense[2] - dense[3], within(1e-5f));
  }

  @Test
  void shouldSpreadTailsEvenlyWhereNobodySaysAnythingOfThem() {
    Opinion first = Opinion.named(4, 0, new int[] {0}, new double[] {Math.log(0.7)});
    Opinion second = Opinion.named(4, 0, new int[] {0}, new double[] {Math.log(0.7)});

    OpinionPool pool = new OpinionPool(List.of(first, second), ALIKE);

    assertThat(softmax(pool.logits(), 1))
        .containsExactly(new double[] {0.7, 0.1, 0.1, 0.1}, within(1e-6));
    assertThat(pool.disagreement()).isCloseTo(0, within(1e-12));
  }

  @Test
  void shouldTakeDrawnClassesWithTheirProbabilitiesWhateverTheirShareOfTheDraws() {
    Object drawn =
        SampledCodec.encode(
            3,
            2,
            1,
            new int[] {2, 0},
            new float[] {0.5f, 0.5f},
            new float[] {(float) Math.log(0.2), (float) Math.log(0.1)});

    Opinion opinion = Opinion.of(drawn, 1).get(0);

    assertThat(opinion.answer()).isEqualTo(1);
    assertThat(opinion.isComplete()).isFalse();
    assertThat(Arrays.stream(opinion.completed(null)).map(Math::exp).toArray())
        .containsExactly(new double[] {0.1, 0.7, 0.2}, within(1e-6));
  }

  @Test
  void shouldNotLetAHardLabelVetoTheOthers() {
    Opinion hard = Opinion.named(3, 0, new int[] {0}, new double[] {0});
    Opinion dense = Opinion.dense(logs(0.01, 0.98, 0.01));

    double[] pooled = softmax(new OpinionPool(List.of(hard, dense), ALIKE).logits(), 1);

    // sqrt(0.999 · 0.01) to sqrt(0.001 · 0.98 / 0.99 · 0.98).
    assertThat(pooled[0] / pooled[1]).isCloseTo(Math.sqrt(0.00999 / 0.000970101), within(1e-4));
  }

  @Test
  void shouldNotDependOnTheOrderOfTeachers() {
    Opinion topK = Opinion.of(TopKCodec.encode(logs(0.5, 0.3, 0.1, 0.1), 2), 1).get(0);
    Opinion hard = Opinion.named(4, 3, new int[] {3}, new double[] {0});
    Opinion dense = Opinion.dense(logs(0.4, 0.3, 0.2, 0.1));

    float[] one =
        new OpinionPool(List.of(topK, hard, dense), new double[] {0.5, 0.2, 0.3}).logits();
    float[] other =
        new OpinionPool(List.of(dense, topK, hard), new double[] {0.3, 0.5, 0.2}).logits();

    assertThat(one).containsExactly(other, within(1e-6f));
  }

  @Test
  void shouldMeasureDisagreementInNats() {
    float[] sure = {60, 0};
    float[] contrary = {0, 60};
    assertThat(disagreement(sure, contrary, 0.5)).isCloseTo(Math.log(2), within(1e-9));
    assertThat(disagreement(sure, sure, 0.5)).isZero();
    // H(0.5, 0.5) - (H(0.9, 0.1) + H(0.1, 0.9)) / 2
    assertThat(disagreement(logs(0.9, 0.1), logs(0.1, 0.9), 0.5))
        .isCloseTo(Math.log(2) + 0.9 * Math.log(0.9) + 0.1 * Math.log(0.1), within(1e-6));
    // Nobody disagrees with a teacher that does not count.
    assertThat(disagreement(sure, contrary, 1)).isZero();
  }

  @Test
  void shouldRefuseWhatCannotBePooled() {
    assertThatThrownBy(() -> pool(ALIKE, new float[2], new float[3]))
        .hasMessageContaining("of 2 and of 3 classes");
    assertThatThrownBy(() -> pool(new double[] {1, -1}, new float[2], new float[2]))
        .hasMessageContaining("weight -1");
    assertThatThrownBy(
            () -> Opinion.named(3, 0, new int[] {1, 1}, new double[] {Math.log(0.5), -1}))
        .hasMessageContaining("class 1 is named twice");
    assertThatThrownBy(() -> Opinion.named(3, 5, new int[] {1}, new double[] {-1}))
        .hasMessageContaining("class 5 of 3 classes");
  }

  @Test
  void shouldReadAnOpinionForEachPosition() {
    TeacherOpinion dense = said(new float[] {1, 2, 3, 4}, null);

    List<Opinion> positions = Opinion.of(new DenseLogits(2, logits(dense)), 2);

    assertThat(positions).hasSize(2).allMatch(Opinion::isComplete);
    assertThat(positions.get(1).completed(null)).containsExactly(3, 4);
  }

  private static ByteBuffer logits(TeacherOpinion opinion) {
    return ((DenseLogits) opinion.getDistribution()).getLogits();
  }

  private static TeacherOpinion said(float[] logits, @Nullable Double weight) {
    return new TeacherOpinion("teacher", "v1", LogitsCodec.encode(logits), null, weight);
  }

  private static float[] pool(double[] weights, float[]... logits) {
    return new OpinionPool(Arrays.stream(logits).map(Opinion::dense).toList(), weights).logits();
  }

  private static double disagreement(float[] first, float[] second, double weight) {
    return new OpinionPool(
            List.of(Opinion.dense(first), Opinion.dense(second)), new double[] {weight, 1 - weight})
        .disagreement();
  }

  private static float[] logs(double... probabilities) {
    float[] logs = new float[probabilities.length];
    for (int c = 0; c < logs.length; c++) {
      logs[c] = (float) Math.log(probabilities[c]);
    }
    return logs;
  }

  private static double[] softmax(float[] logits, double temperature) {
    double[] p = new double[logits.length];
    for (int c = 0; c < p.length; c++) {
      p[c] = Math.exp(logits[c] / temperature);
    }
    return normalized(p);
  }

  private static double[] normalized(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }
}
