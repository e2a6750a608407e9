package io.distillstream.trainer.checkpoint.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.model.safetensors.SafetensorsWriter;
import io.distillstream.model.safetensors.TensorType;
import io.distillstream.trainer.augment.Augmented;
import io.distillstream.trainer.checkpoint.Apart;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.distillstream.trainer.loop.ScriptedEngine;
import io.distillstream.trainer.memory.HeldOutPlan;
import io.distillstream.trainer.memory.LabelMixState;
import io.distillstream.trainer.memory.Memories;
import io.distillstream.trainer.memory.MemoriesState;
import io.distillstream.trainer.memory.MemoryPlan;
import io.distillstream.trainer.memory.MemoryPolicy;
import io.distillstream.trainer.memory.MemoryState;
import io.distillstream.trainer.memory.ReplayPlan;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.state.StudentState.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  private static final MemoryPlan ROOM = new MemoryPlan(MemoryPolicy.RESERVOIR, 10, 10_000, 1);
  private static final ReplayPlan REPLAY = new ReplayPlan(0.5, 0.5, ROOM);
  private static final HeldOutPlan HELD_OUT = new HeldOutPlan(new HeldOutRule(5), ROOM);

  private final Lineage lineage =
      new Lineage(8, Map.of(0, 100L), 64, -5L, Map.of(), new Augmented(5, 3), new Apart(34, 7, 5));

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("state");
  }

  private GoodState good(MemoriesState memories) {
    StudentState zero = new ScriptedEngine().snapshot();
    StudentState state =
        new StudentState(
            zero.weights(), zero.firstMoments(), zero.secondMoments(), new Progress(7, 3, 64, 0.5));
    return new GoodState(
        state,
        lineage,
        Map.of("rate_cut.factor", "0.25", "rate_cut.until_records", "90"),
        memories);
  }

  private static Memories memories(MemoriesState state) {
    return new Memories(REPLAY, HELD_OUT, 7, state);
  }

  @Test
  void shouldReadBackWhatItWrote() throws Exception {
    GoodState good = good(MemoriesState.NONE);
    StateFile.write(good, file);

    GoodState back = StateFile.read(file, lineage);

    assertThat(back.state().weights()).isEqualTo(good.state().weights());
    assertThat(back.state().secondMoments()).isEqualTo(good.state().secondMoments());
    assertThat(back.state().progress()).isEqualTo(good.state().progress());
    assertThat(back.lineage()).isEqualTo(lineage);
    assertThat(back.steering()).isEqualTo(good.steering());
    assertThat(back.memories()).isEqualTo(MemoriesState.NONE);
  }

  @Test
  void shouldRefuseAStateThatIsNotTheManifests() throws Exception {
    StateFile.write(good(MemoriesState.NONE), file);
    Lineage other = new Lineage(8, Map.of(), 64, -6L, Map.of());

    assertThatThrownBy(() -> StateFile.read(file, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lineage.digest");
  }

  @Test
  void shouldGoOnRememberingFromAFileAsIfNothingHadHappened() throws Exception {
    Memories undisturbed = memories(MemoriesState.NONE);
    undisturbed.learned(MadeUpExamples.range(0, 64));
    undisturbed.heldOut(MadeUpExamples.range(64, 67));
    StateFile.write(good(undisturbed.state()), file);

    Memories back = memories(StateFile.read(file, lineage).memories());

    assertSame(back.state(), undisturbed.state());
    for (int number = 67; number < 200; number++) {
      assertThat(back.replay(4, number, 32).all())
          .usingRecursiveComparison()
          .isEqualTo(undisturbed.replay(4, number, 32).all());
      back.learned(MadeUpExamples.range(number, number + 1));
      undisturbed.learned(MadeUpExamples.range(number, number + 1));
      back.heldOut(MadeUpExamples.range(number, number + 1));
      undisturbed.heldOut(MadeUpExamples.range(number, number + 1));
    }
    assertSame(back.state(), undisturbed.state());
  }

  private static void assertSame(MemoriesState actual, MemoriesState expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    assertThat(actual.replay().entries()).isNotEmpty();
    assertThat(actual.heldOut().entries()).isNotEmpty();
  }

  @Test
  void shouldReadStatesFromBeforeAnythingWasRemembered() throws Exception {
    new SafetensorsWriter().floats("other", new float[] {1}, 1).write(file);

    try (Safetensors tensors = Safetensors.open(file)) {
      assertThat(MemoryTensors.read(tensors, "memory.replay")).isEqualTo(MemoryState.NONE);
    }
  }

  @Test
  void shouldRefuseMemoriesWhoseTensorsDoNotBelongTogether() throws Exception {
    assertRefused("3", new byte[10], new int[] {4, 5}, new long[] {0, 1});
    assertRefused("3", new byte[10], new int[] {4, 6}, new long[] {0});
    assertRefused("3", new byte[10], new int[] {20, -10}, new long[] {0, 1});
    // Their sum is that of the bytes, modulo 2³².
    assertRefused(
        "3",
        new byte[10],
        new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, 12},
        new long[] {0, 1, 2});
    assertRefused("1", new byte[10], new int[] {4, 6}, new long[] {0, 1});
    assertRefused("3", new byte[10], new int[] {4, 6}, new long[] {0, -1});
    assertRefused("three", new byte[10], new int[] {4, 6}, new long[] {0, 1});
  }

  private void assertRefused(String offered, byte[] bytes, int[] lengths, long[] sequences)
      throws Exception {
    new SafetensorsWriter()
        .metadata("m.offered", offered)
        .bytes("m.examples", TensorType.U8, bytes, bytes.length)
        .ints("m.lengths", lengths, lengths.length)
        .longs("m.sequences", sequences, sequences.length)
        .write(file);
    try (Safetensors tensors = Safetensors.open(file)) {
      assertThatThrownBy(() -> MemoryTensors.read(tensors, "m"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldRefuseAMemoryWithoutItsLengths() throws Exception {
    new SafetensorsWriter()
        .metadata("m.offered", "3")
        .bytes("m.examples", TensorType.U8, new byte[10], 10)
        .write(file);
    try (Safetensors tensors = Safetensors.open(file)) {
      assertThatThrownBy(() -> MemoryTensors.read(tensors, "m"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("m.lengths");
    }
  }

  @Test
  void shouldRefuseToRememberDamagedExamples() {
    MemoryState damaged =
        new MemoryState(1, new long[0], List.of(new MemoryState.Entry(0, new byte[] {1, 2})));

    assertThatThrownBy(
            () -> memories(new MemoriesState(damaged, MemoryState.NONE, LabelMixState.NONE)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(damaged::examples).isInstanceOf(IllegalArgumentException.class);
  }
}
