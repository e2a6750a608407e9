package io.distillstream.trainer.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelMixTest {
  private final LabelMix mix = new LabelMix(LabelMixState.NONE);

  private void mixed(int count, int labels) {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < count; i++) {
      mix.add(random.nextInt(labels));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 24, 77, 1_000})
  void shouldTakeChanceForNoSkewHoweverManyLabelsThereAre(int labels) {
    mixed(20_000, labels);

    assertThat(mix.skew()).isLessThan(0.1);
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 77, 1_000})
  void shouldTellARunOfOneLabel(int labels) {
    mixed(20_000, labels);

    for (int i = 0; i < LabelMix.WINDOW; i++) {
      mix.add(5);
    }

    assertThat(mix.skew()).isGreaterThan(0.9);
  }

  @Test
  void shouldTellARunOfHalfOfTheLabels() {
    mixed(20_000, 24);
    mixed(LabelMix.WINDOW, 12);

    assertThat(mix.skew()).isBetween(ReplayPlan.FULL_SKEW - 0.1, 0.6);
  }

  @Test
  void shouldSayNothingBeforeItsWindowIsFull() {
    for (int i = 0; i < LabelMix.WINDOW - 1; i++) {
      mix.add(i % 2);
    }

    assertThat(mix.skew()).isZero();
  }

  @Test
  void shouldMeasureByTheNewTrafficOnceTheStreamHasChanged() {
    mixed(20_000, 24);
    for (int i = 0; i < LabelMix.WINDOW; i++) {
      mix.add(30 + i % 3);
    }
    assertThat(mix.skew()).isGreaterThan(0.9);

    mix.startOver();

    assertThat(mix.skew()).isZero();
    assertThat(mix.state().all()).containsSequence(43, 43, 42);
  }

  @Test
  void shouldTakeAMixThatStaysForTheUsualOne() {
    mixed(1_000_000, 24);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 300_000; i++) {
      mix.add(24 + random.nextInt(24));
    }

    assertThat(mix.skew()).isLessThan(0.2);
  }

  @Test
  void shouldGoOnFromItsStateAsIfItHadNotStopped() {
    mixed(300, 24);
    LabelMix resumed = new LabelMix(mix.state());

    for (int i = 0; i < 100; i++) {
      mix.add(i % 5);
      resumed.add(i % 5);
    }

    assertThat(resumed.skew()).isEqualTo(mix.skew()).isPositive();
    assertThat(resumed.state().newest()).isEqualTo(mix.state().newest());
  }

  @Test
  void shouldRefuseStatesThatAreNone() {
    assertThatThrownBy(() -> new LabelMixState(new long[2], new int[] {2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label 2 of 2");
    assertThatThrownBy(() -> new LabelMixState(new long[2], new int[LabelMix.WINDOW + 1]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
