package io.distillstream.trainer.memory;

import static io.distillstream.trainer.memory.Numbered.empty;
import static io.distillstream.trainer.memory.Numbered.example;
import static io.distillstream.trainer.memory.Numbered.filled;
import static io.distillstream.trainer.memory.Numbered.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.DenseTarget;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExampleMemoryTest {
  /** Bytes of an example of {@link Numbered}. */
  private static final int EACH = RememberedCodec.encode(example(0)).length;

  private static List<Integer> numbers(List<Remembered> examples) {
    return examples.stream().map(Numbered::number).toList();
  }

  private static List<Integer> drawn(List<Drawn> examples) {
    return numbers(examples.stream().map(Drawn::example).toList());
  }

  private static List<Integer> numbers(ExampleMemory memory) {
    return numbers(memory.state().examples());
  }

  @ParameterizedTest
  @EnumSource(MemoryPolicy.class)
  void shouldHoldNoMoreExamplesThanItMay(MemoryPolicy policy) {
    ExampleMemory memory = empty(plan(policy, 10), 1);
    for (int number = 0; number < 100; number++) {
      memory.offer(example(number));
      assertThat(memory.size()).isEqualTo(Math.min(number + 1, 10));
    }
    assertThat(memory.offered()).isEqualTo(100);
    assertThat(numbers(memory)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(MemoryPolicy.class)
  void shouldHoldNoMoreBytesThanItMay(MemoryPolicy policy) {
    ExampleMemory memory = filled(plan(policy, 1_000, 10L * EACH + 1), 1, 100);

    assertThat(memory.size()).isEqualTo(10);
    assertThat(memory.bytes()).isEqualTo(10L * EACH).isEqualTo(memory.state().bytes());
  }

  @Test
  void shouldSayHowLongAgoAnExampleWasOffered() {
    ExampleMemory memory = empty(plan(MemoryPolicy.RESERVOIR, 10), 1);
    for (int number = 0; number < 8; number++) {
      memory.offer(example(number));
    }

    assertThat(memory.draw(8, 1))
        .hasSize(8)
        .allMatch(drawn -> drawn.age() == 7 - Numbered.number(drawn.example()));
  }

  @Test
  void shouldNotGiveUpEverythingForWhatNeverFits() {
    ExampleMemory memory = filled(plan(MemoryPolicy.CLASS_BALANCED, 100, 10L * EACH), 1, 10);
    List<Integer> before = numbers(memory);

    memory.offer(
        new Remembered(
            new int[10 * EACH],
            new DenseTarget(new float[Numbered.CLASSES]),
            new float[0],
            TrainingBatch.UNKNOWN));

    assertThat(numbers(memory)).isEqualTo(before);
    assertThat(memory.offered()).isEqualTo(11);
  }

  @Test
  void shouldDrawWithoutReplacement() {
    ExampleMemory memory = filled(plan(MemoryPolicy.RESERVOIR, 20), 1, 100);

    for (int turn = 0; turn < 100; turn++) {
      assertThat(drawn(memory.draw(15, turn)))
          .hasSize(15)
          .doesNotHaveDuplicates()
          .isSubsetOf(numbers(memory));
    }
    assertThat(drawn(memory.draw(50, 1))).containsExactlyInAnyOrderElementsOf(numbers(memory));
    assertThat(memory.draw(0, 1)).isEmpty();
    assertThat(empty(plan(MemoryPolicy.RESERVOIR, 20), 1).draw(5, 1)).isEmpty();
  }

  @Test
  void shouldDrawTheSameInTheSameTurnAndOthersInOthers() {
    ExampleMemory memory = filled(plan(MemoryPolicy.RESERVOIR, 100), 1, 100);

    Set<List<Integer>> drawn = new HashSet<>();
    for (int turn = 0; turn < 100; turn++) {
      List<Integer> numbers = drawn(memory.draw(5, turn));
      assertThat(drawn(memory.draw(5, turn))).isEqualTo(numbers);
      drawn.add(numbers);
    }
    assertThat(drawn).hasSize(100);
  }

  @Test
  void shouldDrawEachAsOftenAsTheOthers() {
    ExampleMemory memory = filled(plan(MemoryPolicy.RESERVOIR, 20), 3, 20);
    int[] counts = new int[20];
    for (int turn = 0; turn < 4_000; turn++) {
      drawn(memory.draw(5, turn)).forEach(number -> counts[number]++);
    }

    // 1,000 expected, with a standard deviation of 27.
    assertThat(Arrays.stream(counts).boxed()).allMatch(count -> count > 880 && count < 1_120);
  }

  /** A small seed, and draws that go far: where numbers of neighbouring turns are easily alike. */
  @Test
  void shouldDrawAnewInEachTurnWhileItFills() {
    ExampleMemory memory = filled(plan(MemoryPolicy.RESERVOIR, 10_000), 0, 1_000);
    int again = 0;
    Set<Integer> before = Set.of();
    for (int turn = 1_000; turn < 2_000; turn += 8) {
      for (int number = turn; number < turn + 8; number++) {
        memory.offer(example(number));
      }
      Set<Integer> now = new HashSet<>(drawn(memory.draw(72, turn)));
      again += (int) before.stream().filter(now::contains).count();
      before = now;
    }

    // 124 times 72 draws, of which a twentieth is there again by chance.
    assertThat(again).isBetween(300, 650);
  }

  @ParameterizedTest
  @EnumSource(MemoryPolicy.class)
  void shouldGoOnFromAStateAsIfNothingHadHappened(MemoryPolicy policy) {
    MemoryPlan plan = plan(policy, 30, 25L * EACH);
    ExampleMemory undisturbed = filled(plan, 5, 200);
    ExampleMemory resumed = new ExampleMemory(plan, 5, undisturbed.state());

    for (int number = 200; number < 400; number++) {
      assertThat(drawn(resumed.draw(7, number))).isEqualTo(drawn(undisturbed.draw(7, number)));
      undisturbed.offer(example(number));
      resumed.offer(example(number));
      assertThat(numbers(resumed)).isEqualTo(numbers(undisturbed));
    }
    assertThat(resumed.offered()).isEqualTo(400);
    assertThat(resumed.bytes()).isEqualTo(undisturbed.bytes());
  }

  @ParameterizedTest
  @EnumSource(MemoryPolicy.class)
  void shouldKeepOfAStateWhatASmallerPlanWouldHaveKept(MemoryPolicy policy) {
    ExampleMemory large = filled(plan(policy, 40), 5, 200);

    ExampleMemory small = new ExampleMemory(plan(policy, 15), 5, large.state());

    assertThat(small.size()).isEqualTo(15);
    assertThat(numbers(small))
        .containsExactlyInAnyOrderElementsOf(numbers(filled(plan(policy, 15), 5, 200)));
  }

  @Test
  void shouldRefuseEntriesThatWereNeverOffered() {
    MemoryState.Entry entry = new MemoryState.Entry(3, RememberedCodec.encode(example(3)));

    assertThat(new MemoryState(4, new long[0], List.of(entry)).examples()).hasSize(1);
    assertThatThrownBy(() -> new MemoryState(3, new long[0], List.of(entry)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("entry 3 of 3");
  }
}
