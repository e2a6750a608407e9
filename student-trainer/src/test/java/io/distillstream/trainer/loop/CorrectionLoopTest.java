package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.foundation.Sha256;
import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.checkpoint.Apart;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.distillstream.trainer.memory.MemoryPlan;
import io.distillstream.trainer.memory.MemoryPolicy;
import io.distillstream.trainer.memory.ReplayPlan;
import io.distillstream.wire.payload.DurationHistogram;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Truth that comes late is learned, and counted apart. */
class CorrectionLoopTest {
  private final ScriptedEngine engine = new ScriptedEngine();
  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();
  private ReplayPlan replay = ReplayPlan.NONE;
  private int told;
  private int passedOver;

  private static List<Example> corrections(int from, int to) {
    return MadeUpExamples.range(from, to).stream()
        .map(example -> MadeUpExamples.as(Origin.CORRECTED, example))
        .toList();
  }

  @Test
  void shouldLearnACorrectionBesideFreshExamplesAndCountItApart() throws Exception {
    run(
        new ScriptedSource()
            .examples(0, 10)
            .examples(corrections(3, 5))
            .examples(10, 20)
            .withoutQuiet());

    assertThat(engine.batches).hasSize(5);
    assertThat(engine.batches.stream().map(TrainingBatch::freshRecords))
        .containsExactly(4, 4, 2, 4, 4);
    assertThat(engine.batches.get(2).origins())
        .containsExactly(Origin.LIVE, Origin.LIVE, Origin.CORRECTED, Origin.CORRECTED);
    Lineage lineage = checkpoints.newest().good().lineage();
    assertThat(lineage.records()).isEqualTo(18);
    assertThat(lineage.apart()).isEqualTo(new Apart(0, 0, 2));
    assertThat(lineage.digest())
        .isEqualTo(IntStream.range(0, 18).mapToLong(n -> Sha256.leadingLong("request-" + n)).sum());
    assertThat(told).isEqualTo(2);
  }

  @Test
  void shouldLeaveThemOutOfScoresAndTimes() throws Exception {
    run(new ScriptedSource().examples(0, 18).examples(corrections(3, 5)).withoutQuiet());

    PendingCheckpoint only = checkpoints.newest();
    assertThat(only.score().records()).isEqualTo(18);
    assertThat(only.eventTimes().getCounts().stream().mapToLong(count -> count).sum())
        .isEqualTo(18);
    assertThat(DurationHistogram.from(only.legTimes().getLabelled()).records()).isEqualTo(18);
  }

  @Test
  void shouldCheckpointWhatCorrectionsAloneTaught() throws Exception {
    run(new ScriptedSource().examples(0, 20).examples(corrections(3, 5)));

    Lineage lineage = checkpoints.newest().good().lineage();
    assertThat(lineage.version()).isEqualTo(2);
    assertThat(lineage.records()).isEqualTo(20);
    assertThat(lineage.apart().corrected()).isEqualTo(2);
    assertThat(lineage.offsets()).isEqualTo(Map.of(0, 22L));
    assertThat(checkpoints.newest().score().agreement()).isNaN();
  }

  @Test
  void shouldRememberWhatWasCorrectedWithItsTruth() throws Exception {
    replay =
        new ReplayPlan(1.0 / 3, 1.0 / 3, new MemoryPlan(MemoryPolicy.RESERVOIR, 50, 10_000, 20));

    run(new ScriptedSource().examples(0, 18).examples(corrections(3, 5)).withoutQuiet());

    assertThat(checkpoints.newest().good().memories().replay().offered()).isEqualTo(20);
  }

  @Test
  void shouldGoOnFromACheckpointAsIfItHadNotStopped() throws Exception {
    ScriptedSource source =
        new ScriptedSource().examples(0, 30).examples(corrections(5, 11)).examples(30, 64);
    replay =
        new ReplayPlan(1.0 / 3, 1.0 / 3, new MemoryPlan(MemoryPolicy.RESERVOIR, 50, 10_000, 20));
    run(source.withoutQuiet());
    PendingCheckpoint undisturbed = checkpoints.newest();
    checkpoints.written.subList(1, checkpoints.written.size()).clear();

    run(
        new ScriptedEngine(checkpoints.newest().good().state()),
        new ScriptedSource()
            .examples(0, 30)
            .examples(corrections(5, 11))
            .examples(30, 64)
            .withoutQuiet());

    assertThat(checkpoints.newest().good().lineage()).isEqualTo(undisturbed.good().lineage());
    assertThat(checkpoints.newest().good().memories().replay().offered())
        .isEqualTo(undisturbed.good().memories().replay().offered());
  }

  @Test
  void shouldPassOverWhatTeachersAgreeOn() throws Exception {
    run(new ScriptedSource().examples(0, 2).agreed().examples(2, 4).withoutQuiet());

    assertThat(passedOver).isEqualTo(1);
    Lineage lineage = checkpoints.newest().good().lineage();
    assertThat(lineage.records()).isEqualTo(4);
    assertThat(lineage.offsets()).isEqualTo(Map.of(0, 5L));
  }

  private void run(ScriptedSource source) throws InterruptedException {
    run(engine, source);
  }

  private void run(ScriptedEngine engine, ScriptedSource source) throws InterruptedException {
    new LoopBuilder(checkpoints)
        .replay(replay)
        .listener(
            new TrainingListener() {
              @Override
              public void corrected(int examples) {
                told += examples;
              }

              @Override
              public void agreed(int records) {
                passedOver += records;
              }
            })
        .run(engine, source);
  }
}
