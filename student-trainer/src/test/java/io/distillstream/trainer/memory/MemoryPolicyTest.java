package io.distillstream.trainer.memory;

import static io.distillstream.trainer.memory.Numbered.example;
import static io.distillstream.trainer.memory.Numbered.filled;
import static io.distillstream.trainer.memory.Numbered.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which examples stay, over many seeds. */
class MemoryPolicyTest {
  private static final int SEEDS = 2_000;

  /** How often each of the numbers below {@code offered} stays. */
  private static int[] kept(MemoryPlan plan, int offered) {
    int[] counts = new int[offered];
    for (int seed = 0; seed < SEEDS; seed++) {
      // Far apart, as near ones give each other's numbers, one place on.
      filled(plan, seed * 0x5851f42d4c957f2dL, offered)
          .state()
          .examples()
          .forEach(one -> counts[Numbered.number(one)]++);
    }
    return counts;
  }

  /** Mean squared deviation from what is expected, 1 where each stays by chance alone. */
  private static double dispersion(int[] counts, double share) {
    double expected = SEEDS * share;
    double variance = SEEDS * share * (1 - share);
    return Arrays.stream(counts)
        .mapToDouble(count -> (count - expected) * (count - expected) / variance)
        .average()
        .orElseThrow();
  }

  @Test
  void shouldKeepAUniformSample() {
    int[] counts = kept(plan(MemoryPolicy.RESERVOIR, 10), 50);

    assertThat(Arrays.stream(counts).sum()).isEqualTo(10 * SEEDS);
    // Deviates from 1 by 0.2 on average; one example twice as likely as the others gives 10.
    assertThat(dispersion(counts, 0.2)).isBetween(0.4, 1.8);
  }

  @Test
  void shouldSeeThatASampleIsNotUniform() {
    int[] counts = kept(plan(MemoryPolicy.RECENCY_WEIGHTED, 10), 50);

    assertThat(dispersion(counts, 0.2)).isGreaterThan(1.8);
  }

  @Test
  void shouldKeepRareLabelsWholeAndTheOthersEven() {
    ExampleMemory memory = Numbered.empty(plan(MemoryPolicy.CLASS_BALANCED, 30), 7);
    for (int number = 0; number < 1_000; number++) {
      memory.offer(example(number, number % 250 == 0 ? 3 : number % 3));
    }

    int[] labels = new int[Numbered.CLASSES];
    memory.state().examples().forEach(one -> labels[one.target().answer()]++);
    assertThat(labels[3]).isEqualTo(4);
    assertThat(Arrays.stream(labels).limit(3).sorted()).containsExactly(8, 9, 9);
    assertThat(memory.state().examples()).extracting(Numbered::number).contains(0, 250, 500, 750);
  }

  @Test
  void shouldGiveHalfOfTheRoomToLabelsAlikeAndHalfByTheirShares() {
    ExampleMemory memory = Numbered.empty(plan(MemoryPolicy.STRATIFIED, 40), 7);
    for (int number = 0; number < 900; number++) {
      memory.offer(example(number, number % 10 == 0 ? 1 : 0));
    }

    MemoryState state = memory.state();
    // A tenth of the traffic: 0.5 * 0.1 + 0.5 / 2 of the room.
    assertThat(state.examples().stream().filter(one -> one.target().answer() == 1))
        .hasSizeBetween(11, 13);
    assertThat((double) state.count(1) / state.count(0)).isCloseTo(1.0 / 9, within(0.02));
  }

  @Test
  void shouldLetOldExamplesOfEachLabelFade() {
    int[] counts = kept(plan(MemoryPolicy.STRATIFIED, 8), 400);

    // Fourfold, as two half-lives lie between.
    assertThat((double) sum(counts, 300, 400) / sum(counts, 100, 200)).isBetween(3.2, 4.8);
    for (int label = 0; label < Numbered.CLASSES; label++) {
      int of = label;
      assertThat(
              IntStream.range(0, 400)
                  .filter(number -> number % Numbered.CLASSES == of)
                  .map(number -> counts[number])
                  .sum())
          .isEqualTo(2 * SEEDS);
    }
  }

  @Test
  void shouldMakeRoomForALabelThatComesLate() {
    ExampleMemory memory = Numbered.empty(plan(MemoryPolicy.CLASS_BALANCED, 20), 7);
    for (int number = 0; number < 500; number++) {
      memory.offer(example(number, 0));
    }
    for (int number = 500; number < 600; number++) {
      memory.offer(example(number, 1));
    }

    assertThat(memory.state().examples().stream().filter(one -> one.target().answer() == 1))
        .hasSize(10);
  }

  @Test
  void shouldKeepAUniformSampleOfEachLabel() {
    int[] counts = kept(plan(MemoryPolicy.CLASS_BALANCED, 12), 48);

    // Three of twelve of each label.
    assertThat(dispersion(counts, 0.25)).isBetween(0.4, 1.8);
  }

  @Test
  void shouldKeepHalfAsManyAfterAHalfLife() {
    // Few of many, so that shares are as the weights, with a half-life of 100.
    int[] counts = kept(plan(MemoryPolicy.RECENCY_WEIGHTED, 4), 400);

    List<Integer> quarters =
        List.of(
            sum(counts, 0, 100),
            sum(counts, 100, 200),
            sum(counts, 200, 300),
            sum(counts, 300, 400));
    for (int i = 0; i < 3; i++) {
      assertThat((double) quarters.get(i) / quarters.get(i + 1)).isCloseTo(0.5, within(0.06));
    }
    // Within a half-life as from one to the next.
    assertThat((double) sum(counts, 300, 350) / sum(counts, 350, 400))
        .isCloseTo(Math.sqrt(0.5), within(0.06));
  }

  private static int sum(int[] counts, int from, int to) {
    return Arrays.stream(counts, from, to).sum();
  }
}
