package io.distillstream.artifacts.incumbent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class MeaningChangeTest {
  private final HeldOutMemory memory = IncumbentSettings.DEFAULTS.memory();
  private final SplittableRandom random = new SplittableRandom(11);
  private int sent;

  @Test
  void shouldFindWhereManyLabelsChangeForBetterOrWorse() {
    traffic(1_000, 40, 0.8);
    traffic(90, 40, 0.2);

    assertThat(find(request -> quality(request), 0).orElseThrow()).isBetween(950L, 1_030L);
    assertThat(find(request -> 1 - quality(request), 0).orElseThrow()).isBetween(950L, 1_030L);
  }

  @Test
  void shouldLookOnlyAtWhatCameSinceTheLastChange() {
    traffic(1_000, 40, 0.8);
    traffic(400, 40, 0.2);

    assertThat(find(request -> quality(request), 1_000)).isEmpty();
  }

  @Test
  void shouldNotTakeAHardBurstOfAFewLabelsForAChange() {
    traffic(1_500, 40, 0.8);
    for (int i = 0; i < 200; i++) {
      add(i / 100, 0.2);
    }

    assertThat(find(request -> quality(request), 0)).isEmpty();
  }

  /** Bursts of 25 requests of one label, each about a subject that is easier or harder. */
  @Test
  void shouldStayQuietInTrafficThatComesInBursts() {
    int alarms = 0;
    for (int check = 0; check < 200; check++) {
      for (int burst = 0; burst < 2; burst++) {
        int label = random.nextInt(40);
        double quality = 0.5 + random.nextDouble() / 2;
        for (int i = 0; i < 25; i++) {
          add(label, quality);
        }
      }
      alarms += find(request -> quality(request), 0).isPresent() ? 1 : 0;
    }

    assertThat(alarms).isLessThanOrEqualTo(2);
  }

  private void traffic(int count, int labels, double quality) {
    for (int i = 0; i < count; i++) {
      add(random.nextInt(labels), quality);
    }
  }

  private void add(int label, double quality) {
    memory.add(
        new HeldOut(
            "r" + sent++,
            Double.toString(quality + 0.1 * (random.nextDouble() - 0.5)),
            TeacherAnswer.ofNamed(label, 40, new int[] {label}, new float[] {1})));
  }

  private static double quality(HeldOut request) {
    return Math.min(1, Double.parseDouble(request.text()));
  }

  private OptionalLong find(ToDoubleFunction<HeldOut> score, long since) {
    WeightedRequests sample = memory.sample();
    return MeaningChange.find(
        sample, sample.requests().stream().mapToDouble(score).toArray(), since);
  }
}
