package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.Sha256;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.checkpoint.TrainingEvent.Kind;
import io.distillstream.trainer.checkpoint.UnsoundStudentException;
import io.distillstream.trainer.engine.DivergedStepException.Cause;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.schedule.Ramp;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.steering.DriftPlan;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the loop does when a step diverges, the stream drifts or a student is unsound. */
class DivergenceLoopTest {
  private static final TrainingSchedule SLOW =
      new TrainingSchedule(
          new Ramp(Ramp.Shape.LINEAR, 8, 2, 500), 0.6, Ramp.constant(1e-4), 0, 0, 1, 8);

  private final ScriptedEngine engine = new ScriptedEngine();
  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();

  @Test
  void shouldGoBackToTheLastGoodStateAndTrainEveryRecordOnce() throws Exception {
    engine.divergeOnceAt(32, Cause.NOT_FINITE);
    ScriptedSource source = new ScriptedSource().examples(0, 50);

    run(source);

    assertThat(source.seeks).containsExactly(Map.of(), Map.of(0, 20L));
    assertThat(checkpoints.newest().good().lineage().records()).isEqualTo(50);
    assertThat(checkpoints.newest().good().lineage().digest()).isEqualTo(digest(0, 50));
    assertThat(engine.recordsLearned()).isEqualTo(50);
    assertThat(checkpoints.written.stream().mapToInt(c -> c.score().records()).sum()).isEqualTo(50);
  }

  @Test
  void shouldLowerTheLearningRateForAWhileAfterADivergence() throws Exception {
    engine.divergeOnceAt(32, Cause.NOT_FINITE);

    run(new ScriptedSource().examples(0, 50));

    List<Double> rates = engine.settings.stream().map(s -> s.learningRate()).toList();
    // Eight batches, back to record 20, then five cut batches (20 records) and the rest.
    assertThat(rates.subList(0, 8)).containsOnly(0.1);
    assertThat(rates.subList(8, 13)).containsOnly(0.05);
    assertThat(rates.subList(13, rates.size())).containsOnly(0.1);
    assertThat(checkpoints.written.get(1).good().steering())
        .containsEntry("rate_cut.factor", "0.5")
        .containsEntry("rate_cut.until_records", "40");
  }

  @Test
  void shouldTellOfARollbackOnceWithTheNextCheckpoint() throws Exception {
    engine.divergeOnceAt(32, Cause.NOT_FINITE);

    run(new ScriptedSource().examples(0, 50));

    TrainingEvent event = checkpoints.written.get(1).events().get(0);
    assertThat(event.kind()).isEqualTo(Kind.ROLLBACK);
    assertThat(event.version()).isEqualTo(1);
    assertThat(event.records()).isEqualTo(32);
    assertThat(event.details()).containsEntry("records_after", 20.0);
    assertThat(checkpoints.written.stream().mapToInt(c -> c.events().size()).sum()).isEqualTo(1);
  }

  @Test
  void shouldNoticeAStreamThatChangesAndTellOfItOnceEvenAfterARollback() throws Exception {
    DriftPlan drift = new DriftPlan(true, 0.002, 1, 500, 0);
    // After the drift was seen at about 1,012, and before the next checkpoint at 1,020.
    engine.divergeOnceAt(1_016, Cause.NOT_FINITE);
    // The engine's biases follow slowly, so it goes on giving the first answer for a while.
    ScriptedSource source = new ScriptedSource().answering(0, 1_000, 0).answering(1_000, 1_200, 1);
    TrainingLoop loop =
        new LoopBuilder(checkpoints).drift(drift).schedule(SLOW).over(engine, source);
    source.atEnd(loop::stop);

    loop.run();

    List<TrainingEvent> events =
        checkpoints.written.stream().flatMap(written -> written.events().stream()).toList();
    assertThat(events).extracting(TrainingEvent::kind).contains(Kind.ROLLBACK);
    assertThat(events.stream().filter(event -> event.kind() == Kind.DRIFT)).hasSize(1);
    TrainingEvent seen =
        events.stream().filter(event -> event.kind() == Kind.DRIFT).findFirst().orElseThrow();
    assertThat(seen.records()).isBetween(1_004L, 1_016L);
    assertThat(seen.details()).containsEntry("temperature", 8.0);
    assertThat(checkpoints.newest().settings().temperature()).isGreaterThan(5);
  }

  @Test
  void shouldStopAfterTooManyDivergencesAndLeaveTheLastCheckpoint() {
    for (int i = 0; i < 3; i++) {
      engine.divergeOnceAt(32, Cause.NOT_FINITE);
    }

    assertThatThrownBy(() -> run(new ScriptedSource().examples(0, 50)))
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("3 divergences in a row")
        .hasMessageContaining("Checkpoint 1 stands");
    assertThat(checkpoints.written).hasSize(1);
    assertThat(checkpoints.passedOver.get(0).positions()).isEqualTo(Map.of(0, 20L));
    assertThat(checkpoints.passedOver.get(0).events())
        .extracting(TrainingEvent::kind)
        .containsExactly(Kind.ROLLBACK, Kind.ROLLBACK, Kind.STOPPED);
  }

  @Test
  void shouldLearnHardRecordsThatTheGoodStateFindsAsHard() throws Exception {
    engine.divergeOnceAt(32, Cause.SPIKE);
    ScriptedSource source = new ScriptedSource().examples(0, 50);

    run(source);

    assertThat(source.seeks).hasSize(1);
    assertThat(engine.settings.stream().filter(s -> Double.isInfinite(s.spikeFactor()))).hasSize(1);
    assertThat(engine.recordsLearned()).isEqualTo(50);
  }

  @Test
  void shouldGoBackWhereTheGoodStateDoesBetter() throws Exception {
    engine.divergeOnceAt(32, Cause.SPIKE);
    ScriptedSource source = new ScriptedSource().examples(0, 50);
    TrainingLoop loop = loop(engine, source);
    source.atEnd(loop::stop);
    // Between the last good state at record 20 and the spike the weights break.
    engine.beforeStepAt(32, () -> engine.spoil(1_000));

    loop.run();

    assertThat(source.seeks).containsExactly(Map.of(), Map.of(0, 20L));
    assertThat(checkpoints.newest().good().lineage().digest()).isEqualTo(digest(0, 50));
  }

  @Test
  void shouldNeverPublishAStudentWhoseLogitsAreNotFinite() throws Exception {
    engine.beforeStepAt(36, () -> engine.spoil(Float.NaN));

    run(new ScriptedSource().examples(0, 50));

    for (PendingCheckpoint checkpoint : checkpoints.written) {
      float[][] logits =
          new ScriptedEngine(checkpoint.good().state()).logits(checkpoint.probe().inputs());
      assertThat(logits[0]).doesNotContain(Float.NaN);
    }
    assertThat(checkpoints.written)
        .extracting(PendingCheckpoint::version)
        .containsExactly(1L, 2L, 3L);
    assertThat(checkpoints.newest().from()).isEqualTo(Map.of(0, 40L));
    assertThat(checkpoints.newest().good().lineage().digest()).isEqualTo(digest(0, 50));
  }

  @Test
  void shouldGoBackBehindAStudentFoundUnsoundWhileItTrainsOn() throws Exception {
    ScriptedSource source = new ScriptedSource().examples(0, 50);
    TrainingLoop loop = loop(engine, source);
    engine.beforeStepAt(36, this::failNextWriteLate);
    source.atEnd(
        () -> {
          if (checkpoints.slow) {
            assertThat(engine.recordsLearned()).isEqualTo(50);
            checkpoints.slow = false;
            checkpoints
                .unfinished
                .get(0)
                .completeExceptionally(new UnsoundStudentException("not finite"));
          } else {
            loop.stop();
          }
        });

    loop.run();

    assertThat(source.seeks).containsExactly(Map.of(), Map.of(0, 20L));
    assertThat(checkpoints.newest().good().lineage().digest()).isEqualTo(digest(0, 50));
    assertThat(checkpoints.written)
        .extracting(PendingCheckpoint::version)
        .containsExactly(1L, 2L, 3L, 4L);
    for (int i = 1; i < checkpoints.written.size(); i++) {
      assertThat(checkpoints.written.get(i).from())
          .isEqualTo(checkpoints.written.get(i - 1).good().lineage().offsets());
    }
  }

  private void failNextWriteLate() {
    checkpoints.slow = true;
    engine.spoil(Float.NaN);
  }

  private void run(ScriptedSource source) throws InterruptedException {
    new LoopBuilder(checkpoints).run(engine, source);
  }

  private TrainingLoop loop(ScriptedEngine engine, ScriptedSource source) {
    return new LoopBuilder(checkpoints).over(engine, source);
  }

  private static long digest(int from, int to) {
    return IntStream.range(from, to).mapToLong(n -> Sha256.leadingLong("request-" + n)).sum();
  }
}
