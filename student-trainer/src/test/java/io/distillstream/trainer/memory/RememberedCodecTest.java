package io.distillstream.trainer.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.AbsentTarget;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.SampledTarget;
import io.distillstream.trainer.loss.SoftTarget;
import io.distillstream.trainer.loss.TopKTarget;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RememberedCodecTest {
  private static final float[] HALVES = {0.5f, -2, 65_504, 0x1p-24f, 0, -0.0f};
  private static final float[] FLOATS = {0.1f, 1e6f, -3.4e38f, Float.MIN_VALUE, 70_000};

  static Stream<SoftTarget> targets() {
    return Stream.of(
        new DenseTarget(HALVES),
        new DenseTarget(FLOATS),
        new TopKTarget(70_000, new int[] {69_999, 3}, new float[] {4, 0.3f}, 1.7f),
        new TopKTarget(2, new int[] {1, 0}, new float[] {4, -4}, Float.NEGATIVE_INFINITY),
        new SampledTarget(
            500, 7, new int[] {7, 255}, new float[] {0.75f, 0.1f}, new float[] {-0.5f, -9.1f}));
  }

  private static Remembered example(SoftTarget target) {
    return new Remembered(new int[] {101, 2_000, 102}, target, new float[0], 1);
  }

  private static Remembered back(Remembered example) {
    return RememberedCodec.decode(RememberedCodec.encode(example));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void shouldGiveBackEachTargetToTheBit(SoftTarget target) {
    assertSame(back(example(target)), example(target));
  }

  @Test
  void shouldGiveBackTokensOfAnySize() {
    for (int[] tokens : new int[][] {{0}, {65_535, 1}, {65_536, 1}, {Integer.MAX_VALUE, 0}}) {
      Remembered example =
          new Remembered(tokens, new DenseTarget(HALVES), new float[0], TrainingBatch.UNKNOWN);
      assertSame(back(example), example);
    }
  }

  @Test
  void shouldGiveBackEmbeddings() {
    for (float[] embedding : new float[][] {HALVES, FLOATS, {Float.NaN, 1}}) {
      Remembered example = new Remembered(new int[] {1}, new DenseTarget(HALVES), embedding, 0);
      assertSame(back(example), example);
    }
  }

  @Test
  void shouldTakeTwoBytesForWhatFitsIntoThem() {
    float[] many = new float[1_000];
    Arrays.fill(many, 0.25f);
    int small = RememberedCodec.encode(example(new DenseTarget(many))).length;
    many[500] = 0.1f;
    int large = RememberedCodec.encode(example(new DenseTarget(many))).length;

    assertThat(large - small).isEqualTo(2_000);
  }

  @Test
  void shouldRefuseWhatTellsNothing() {
    assertThatThrownBy(() -> RememberedCodec.encode(example(new AbsentTarget(3))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("targets")
  void shouldRefuseWhatIsTornOrHasARest(SoftTarget target) {
    byte[] bytes = RememberedCodec.encode(example(target));

    for (int length = 0; length < bytes.length; length++) {
      byte[] torn = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> RememberedCodec.decode(torn))
          .isInstanceOf(IllegalArgumentException.class);
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> RememberedCodec.decode(longer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("are left");
  }

  /** Lengths of two thousand millions among them, for which there is no room. */
  @ParameterizedTest
  @MethodSource("targets")
  void shouldRefuseDamagedBytesOrReadAnExample(SoftTarget target) {
    byte[] bytes = RememberedCodec.encode(example(target));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = bytes.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      assertThatCode(() -> answer(damaged)).doesNotThrowAnyException();
    }
  }

  private static void answer(byte[] bytes) {
    try {
      RememberedCodec.decode(bytes).target().answer();
    } catch (IllegalArgumentException expected) {
      assertThat(expected).hasMessageNotContaining("null");
    }
  }

  /** To the bit, signs of zeros too. */
  private static void assertSame(Remembered actual, Remembered expected) {
    assertThat(actual.tokens()).isEqualTo(expected.tokens());
    assertThat(bits(actual.embedding())).isEqualTo(bits(expected.embedding()));
    assertThat(actual.truth()).isEqualTo(expected.truth());
    assertThat(numbers(actual.target())).isEqualTo(numbers(expected.target()));
  }

  private static List<Object> numbers(SoftTarget target) {
    if (target instanceof DenseTarget dense) {
      return List.of(bits(dense.logits()));
    }
    if (target instanceof TopKTarget topK) {
      return List.of(topK.classes(), ints(topK.indices()), bits(topK.logits()), topK.tailLogMass());
    }
    SampledTarget drawn = (SampledTarget) target;
    return List.of(
        drawn.classes(),
        drawn.answer(),
        ints(drawn.indices()),
        bits(drawn.weights()),
        bits(drawn.logProbabilities()));
  }

  private static List<Integer> ints(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static List<Integer> bits(float[] values) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> Float.floatToIntBits(values[i]))
        .toList();
  }
}
