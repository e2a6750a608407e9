package io.distillstream.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationPlanTest {
  private final AugmentationPlan plan = new AugmentationPlan(0.1, 5, 50);

  @Test
  void shouldHoldTheShareAtAnyTimeHoweverManyComeBack() {
    SplittableRandom random = new SplittableRandom(1);
    long records = 0;
    long augmented = 0;
    for (int i = 0; i < 10_000; i++) {
      boolean comesBack = random.nextInt(3) == 0;
      if (!comesBack) {
        records++;
      } else if (plan.admits(augmented, records)) {
        records++;
        augmented++;
      }
      assertThat((double) augmented).isLessThanOrEqualTo(0.1 * records);
    }
    assertThat((double) augmented / records).isGreaterThan(0.099);
  }

  @Test
  void shouldMakeNoMoreThanItsShareOfWhatWasTrained() {
    assertThat(plan.room(0, 100, 1_000)).isEqualTo(10);
    assertThat(plan.room(9, 100, 1_000)).isEqualTo(1);
    assertThat(plan.room(10, 109, 1_000)).isZero();
    assertThat(plan.room(12, 100, 1_000)).isZero();
  }

  @Test
  void shouldMakeNoMoreThanItsShareOfABatch() {
    assertThat(plan.room(0, 1_000, 32)).isEqualTo(4);
    assertThat(plan.room(0, 1_000, 0)).isZero();
  }

  @Test
  void shouldMakeNoneBeforeItsStart() {
    assertThat(plan.room(0, 49, 1_000)).isZero();
    assertThat(plan.room(0, 50, 1_000)).isEqualTo(5);
  }

  @Test
  void shouldMakeAndTrainNoneByDefault() {
    assertThat(AugmentationPlan.NONE.room(0, 1_000_000, 1_000)).isZero();
    assertThat(AugmentationPlan.NONE.admits(0, 1_000_000)).isFalse();
  }

  @Test
  void shouldRefuseAShareThatIsNone() {
    assertThatThrownBy(() -> new AugmentationPlan(1, 5, 0)).hasMessageContaining("share 1.0");
    assertThatThrownBy(() -> new AugmentationPlan(Double.NaN, 5, 0)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new AugmentationPlan(0.1, 0, 0)).hasMessageContaining("0 candidates");
  }
}
