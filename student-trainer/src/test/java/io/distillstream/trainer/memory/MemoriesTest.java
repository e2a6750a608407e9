package io.distillstream.trainer.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.examples.MadeUpExamples;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MemoriesTest {
  private static final MemoryPlan ROOM = Numbered.plan(MemoryPolicy.RESERVOIR, 100);
  private static final HeldOutPlan HELD_OUT = new HeldOutPlan(new HeldOutRule(5), ROOM);

  private static Memories empty(double share) {
    return new Memories(new ReplayPlan(share, share, ROOM), HELD_OUT, 1, MemoriesState.NONE);
  }

  @Test
  void shouldGiveAShareOfTheStep() {
    Memories memories = empty(1.0 / 3);
    memories.learned(MadeUpExamples.range(0, 50));

    assertThat(memories.replay(32, 50, 32).all()).hasSize(16);
    assertThat(memories.replay(2, 50, 32).all()).hasSize(1);
    assertThat(new ReplayPlan(0.9, 0.9, ROOM).rows(32, 0, 0)).isEqualTo(288);
    assertThat(new ReplayPlan(0.1, 0.1, ROOM).rows(4, 0, 0)).isZero();
    assertThatThrownBy(() -> new ReplayPlan(1, 1, ROOM))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldMixSmallBatchesWithAsMuchAsLargeOnes() {
    ReplayPlan plan = new ReplayPlan(1.0 / 3, 1.0 / 3, ROOM);

    assertThat(LongStream.range(0, 1_000).mapToInt(learned -> plan.rows(1, learned, 0)).sum())
        .isEqualTo(500);
    assertThat(LongStream.range(0, 1_000).map(i -> plan.rows(32, 32 * i, 0)))
        .allMatch(rows -> rows == 16);
  }

  @Test
  void shouldGiveMoreOfTheStepTheMoreSkewedTrafficIs() {
    ReplayPlan plan = new ReplayPlan(1.0 / 3, 0.75, ROOM);

    assertThat(plan.rows(32, 0, 0)).isEqualTo(16);
    assertThat(plan.rows(32, 0, ReplayPlan.FULL_SKEW / 2)).isBetween(17, 95);
    assertThat(plan.rows(32, 0, ReplayPlan.FULL_SKEW)).isEqualTo(96);
    assertThat(plan.rows(32, 0, 1)).isEqualTo(96);
  }

  @Test
  void shouldReplayMoreInARunOfOneLabelUntilTheStreamCountsAsChanged() {
    Memories memories =
        new Memories(new ReplayPlan(1.0 / 3, 0.75, ROOM), HELD_OUT, 1, MemoriesState.NONE);
    memories.learned(MadeUpExamples.range(0, 600));
    assertThat(memories.replay(32, 600, 32).all()).hasSize(16);

    for (int number = 600; number < 600 + LabelMix.WINDOW; number++) {
      memories.learned(List.of(MadeUpExamples.example(number, 0)));
    }
    assertThat(memories.replay(32, 728, 32).all()).hasSize(96);

    memories.streamChanged();

    assertThat(memories.replay(32, 728, 32).all()).hasSize(16);
  }

  @Test
  void shouldRehearseInStepsOfTheirOwnWhatIsMoreThanTheUsualShare() {
    Memories memories =
        new Memories(new ReplayPlan(1.0 / 3, 0.75, ROOM), HELD_OUT, 1, MemoriesState.NONE);
    memories.learned(MadeUpExamples.range(0, 600));
    for (int number = 600; number < 600 + LabelMix.WINDOW; number++) {
      memories.learned(List.of(MadeUpExamples.example(number, 0)));
    }

    Rehearsal rehearsal = memories.replay(32, 728, 32);

    assertThat(rehearsal.beside()).hasSize(16);
    assertThat(rehearsal.after()).extracting(List::size).containsExactly(40, 40);
    assertThat(rehearsal.all().stream().map(Drawn::age).distinct()).hasSize(96);
    // A batch that traffic left small is no reason for small steps, and neither is a little skew.
    assertThat(memories.replay(2, 728, 32).beside()).hasSize(6);
    assertThat(memories.replay(2, 728, 32).after()).isEmpty();
    assertThat(
            new Memories(new ReplayPlan(0.75, 0.75, ROOM), HELD_OUT, 1, memories.state())
                .replay(32, 728, 32))
        .satisfies(high -> assertThat(high.beside()).hasSize(96))
        .satisfies(high -> assertThat(high.after()).isEmpty());
  }

  @Test
  void shouldJudgeTheStreamByLabelsThatAreAroundAndHaveBeenForAWhile() {
    Memories memories = empty(0.5);
    // Label 0 is away by the end, 1 has been around all the time, 2 has just appeared.
    int settled = (int) Memories.SETTLED;
    memories.learned(List.of(MadeUpExamples.example(0, 0), MadeUpExamples.example(1, 1)));
    for (int number = 2; number < settled; number++) {
      memories.learned(List.of(MadeUpExamples.example(number, 1)));
    }
    memories.learned(List.of(MadeUpExamples.example(settled, 2), MadeUpExamples.example(0, 1)));

    List<Drawn> replayed = List.of(drawn(settled + 1), drawn(settled), drawn(1), drawn(settled));
    List<RowScore> scores = List.of(score(0), score(1), score(2), score(1));

    assertThat(memories.telling(replayed, scores))
        .containsExactly(scores.get(1), scores.get(3))
        .allMatch(score -> score.teacherAnswer() == 1);
  }

  private static Drawn drawn(long age) {
    return new Drawn(Remembered.of(MadeUpExamples.example(1)), age);
  }

  private static RowScore score(int label) {
    return new RowScore(0, 0.5, label, 0.1, TrainingBatch.UNKNOWN);
  }

  @Test
  void shouldRememberTrafficAlone() {
    Memories memories = empty(0.5);
    memories.learned(List.of(MadeUpExamples.augmented(MadeUpExamples.example(1))));
    memories.learned(List.of(MadeUpExamples.as(Origin.SYNTHETIC, MadeUpExamples.example(2))));
    memories.heldOut(MadeUpExamples.range(5, 8));
    assertThat(memories.replay(4, 1, 32).all()).isEmpty();

    memories.learned(MadeUpExamples.range(2, 4));

    assertThat(memories.state().replay().offered()).isEqualTo(2);
    assertThat(memories.state().heldOut().offered()).isEqualTo(3);
    assertThat(memories.replay(4, 1, 32).all()).hasSize(2);
  }

  @Test
  void shouldDropWhatItNoLongerReplays() {
    Memories memories = empty(0.5);
    memories.learned(MadeUpExamples.range(0, 10));
    memories.heldOut(MadeUpExamples.range(10, 13));

    Memories off = new Memories(ReplayPlan.NONE, HELD_OUT, 1, memories.state());
    off.learned(MadeUpExamples.range(20, 30));

    assertThat(off.replay(10, 1, 32).all()).isEmpty();
    assertThat(off.state().replay()).isEqualTo(MemoryState.NONE);
    assertThat(off.state().heldOut().offered()).isEqualTo(3);
  }

  @Test
  void shouldScoreOnNothingOnceNothingIsHeldOut() {
    Memories memories = empty(0.5);
    memories.learned(MadeUpExamples.range(0, 10));
    memories.heldOut(MadeUpExamples.range(10, 13));

    Memories off =
        new Memories(
            new ReplayPlan(0.5, 0.5, ROOM),
            new HeldOutPlan(HeldOutRule.NONE, ROOM),
            1,
            memories.state());

    assertThat(off.state().heldOut()).isEqualTo(MemoryState.NONE);
    assertThat(off.state().replay().offered()).isEqualTo(10);
  }

  @Test
  void shouldReplayOnlyWhatCanStillBeLearned() {
    Memories memories = empty(0.5);
    memories.learned(MadeUpExamples.range(0, 10));
    memories.heldOut(MadeUpExamples.range(10, 13));
    Remembered gone = memories.state().replay().examples().get(3);

    MemoriesState state =
        memories.state().replaying(example -> !Arrays.equals(example.tokens(), gone.tokens()));

    assertThat(state.replay().offered()).isEqualTo(10);
    assertThat(state.replay().examples())
        .hasSize(9)
        .noneMatch(example -> Arrays.equals(example.tokens(), gone.tokens()));
    assertThat(state.heldOut()).isEqualTo(memories.state().heldOut());
    assertThat(
            new Memories(new ReplayPlan(0.5, 0.5, ROOM), HELD_OUT, 1, state)
                .replay(20, 1, 32)
                .all())
        .hasSize(9);
  }
}
