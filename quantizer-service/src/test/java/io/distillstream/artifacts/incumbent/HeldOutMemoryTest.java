package io.distillstream.artifacts.incumbent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldOutMemoryTest {

  @Test
  void shouldKeepRareLabelsWholeAndCutFrequentOnes() {
    HeldOutMemory memory = new HeldOutMemory(100, 50);
    for (int i = 0; i < 1_000; i++) {
      memory.add(heldOut("r" + i, i % 100 == 99 ? 2 : i % 10 == 0 ? 1 : 0));
    }

    WeightedRequests sample = memory.sample();

    assertThat(memory.size()).isEqualTo(100);
    assertThat(counts(sample)).hasSize(3);
    assertThat(of(sample, 2)).hasSize(10).first().extracting(HeldOut::id).isEqualTo("r999");
    // Due is half of an equal third and half of the share, and what rare labels leave.
    assertThat(of(sample, 0).size()).isBetween(60, 70);
    assertThat(of(sample, 0).get(0).id()).isEqualTo("r998");
    assertThat(of(sample, 1).size()).isBetween(20, 30);
  }

  @Test
  void shouldWeighLabelsByTheirShareAndRequestsByNewerOnesOfTheirLabel() {
    HeldOutMemory memory = new HeldOutMemory(1_000, 100);
    for (int i = 0; i < 400; i++) {
      memory.add(heldOut("r" + i, i % 4 == 0 ? 1 : 0));
    }

    WeightedRequests sample = memory.sample();

    assertThat(Arrays.stream(sample.weights()).sum()).isCloseTo(1, within(1e-9));
    assertThat(weight(sample, 1)).isCloseTo(0.25, within(0.01));
    // Half-lives of about 75 and 25 requests of the label: as long as 100 of traffic.
    assertThat(sample.weights()[75] / sample.weights()[0]).isCloseTo(0.5, within(0.01));
    int first = of(sample, 0).size();
    assertThat(sample.weights()[first + 25] / sample.weights()[first]).isCloseTo(0.5, within(0.01));
    assertThat(sample.weights()[first]).isCloseTo(sample.weights()[0], within(3e-4));
  }

  @Test
  void shouldAgeOnlyTheLabelOfABurst() {
    HeldOutMemory memory = new HeldOutMemory(3_000, 500);
    for (int i = 0; i < 1_500; i++) {
      memory.add(heldOut("r" + i, i % 24));
    }
    WeightedRequests before = memory.sample();
    for (int i = 0; i < 250; i++) {
      memory.add(heldOut("burst" + i, 3));
    }
    WeightedRequests after = memory.sample();

    for (int label = 0; label < 24; label++) {
      assertThat(weight(after, label)).isCloseTo(1 / 24.0, within(label == 3 ? 0.04 : 0.002));
    }
    assertThat(after.ages()[0]).isEqualTo(before.ages()[0]);
    assertThat(
            IntStream.range(0, after.size())
                .filter(i -> after.requests().get(i).id().startsWith("burst"))
                .mapToDouble(i -> after.weights()[i])
                .sum())
        .isLessThan(0.08);
  }

  @Test
  void shouldAgeWhatCameBeforeAChangeOfMeaningWithEveryRequestSince() {
    HeldOutMemory memory = new HeldOutMemory(100, 1_000);
    for (int i = 0; i < 10; i++) {
      memory.add(heldOut("r" + i, i % 2));
    }
    memory.changed(8);

    WeightedRequests sample = memory.sample();

    // Newest first: r8 is of the new meaning, r6 of the old.
    assertThat(of(sample, 0)).extracting(HeldOut::id).startsWith("r8", "r6");
    assertThat(sample.weights()[1] / sample.weights()[0]).isCloseTo(0.5, within(0.01));
    assertThat(sample.weights()[2] / sample.weights()[1]).isCloseTo(1, within(0.01));
  }

  @Test
  void shouldTakeARequestOnce() {
    HeldOutMemory memory = new HeldOutMemory(10, 10);
    memory.add(heldOut("again", 0));
    memory.add(heldOut("again", 0));
    assertThat(memory.size()).isEqualTo(1);

    memory.clear();
    assertThat(memory.size()).isZero();
    assertThat(memory.sample().size()).isZero();
  }

  static HeldOut heldOut(String id, int label) {
    return new HeldOut(
        id, id, TeacherAnswer.ofNamed(label, 100, new int[] {label}, new float[] {1}));
  }

  private static List<HeldOut> of(WeightedRequests sample, int label) {
    return sample.requests().stream().filter(request -> request.label() == label).toList();
  }

  private static java.util.Map<Integer, Long> counts(WeightedRequests sample) {
    return sample.requests().stream()
        .collect(Collectors.groupingBy(HeldOut::label, Collectors.counting()));
  }

  private static double weight(WeightedRequests sample, int label) {
    return IntStream.range(0, sample.size())
        .filter(i -> sample.requests().get(i).label() == label)
        .mapToDouble(i -> sample.weights()[i])
        .sum();
  }
}
