package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.schedule.Averaging;
import io.distillstream.trainer.schedule.Ramp;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The average of the weights, scored on some batches before they are learned. */
class AverageScoreLoopTest {
  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();
  private final Heard heard = new Heard();
  private Optional<Averaging> averaging = Optional.of(new Averaging(0.5, 2 * Averaging.STRIDE));

  private static final class Heard implements TrainingListener {
    final List<PairedScore> pairs = new ArrayList<>();

    @Override
    public void averageScored(PairedScore score) {
      pairs.add(score);
    }
  }

  @Test
  void shouldScoreOneOfSoManyBatchesBeforeItIsLearned() throws Exception {
    ScriptedEngine engine = new ScriptedEngine();
    run(engine, 3, 4, 40);

    assertThat(engine.averageScoredAt).containsExactly(0L, 12L, 24L, 36L);
    assertThat(heard.pairs).extracting(PairedScore::records).containsExactly(4, 4, 4, 4);
    // The batches at 0 and 12; then those at 24 and 36, too.
    assertThat(checkpoints.written)
        .extracting(checkpoint -> checkpoint.pairs().records())
        .containsExactly(8, 16);
    assertThat(checkpoints.written.get(0).pairs().newest())
        .isEqualTo(heard.pairs.get(0).newest().plus(heard.pairs.get(1).newest()));
    // The teacher gives the first class for 0, 3, 12 and 15, and the average for all.
    assertThat(checkpoints.written.get(0).pairs().averaged().agreeing()).isEqualTo(4);
  }

  @Test
  void shouldScoreTheSameBatchesAfterARestart() throws Exception {
    run(new ScriptedEngine(), 3, 4, 40);
    checkpoints.written.subList(1, checkpoints.written.size()).clear();
    ScriptedEngine resumed = new ScriptedEngine(checkpoints.newest().good().state());
    run(resumed, 3, 4, 40);

    assertThat(resumed.averageScoredAt).containsExactly(24L, 36L);
  }

  @Test
  void shouldTakeBackTheScoresOfWhatIsTakenBack() throws Exception {
    ScriptedEngine engine = new ScriptedEngine();
    engine.divergeOnceAt(28, DivergedStepException.Cause.NOT_FINITE);
    run(engine, 3, 4, 40);

    assertThat(engine.averageScoredAt).containsExactly(0L, 12L, 24L, 24L, 36L);
    assertThat(checkpoints.newest().pairs().records()).isEqualTo(8);
  }

  @Test
  void shouldReachBackOverAThousandRecordsWhateverTheCheckpoints() throws Exception {
    run(new ScriptedEngine(), 1, 4, 1_200);

    assertThat(checkpoints.newest().pairs().records()).isEqualTo(1_000);
  }

  @Test
  void shouldScoreNothingUnlessItIsToldTo() throws Exception {
    ScriptedEngine engine = new ScriptedEngine();
    run(engine, 0, 4, 40);

    assertThat(engine.averageScoredAt).isEmpty();
    assertThat(checkpoints.newest().pairs()).isEqualTo(PairedScore.NONE);
  }

  @Test
  void shouldNotScoreACheckpointsAverageThatSettingsNoLongerAskFor() throws Exception {
    ScriptedEngine engine = new ScriptedEngine();
    averaging = Optional.empty();
    run(engine, 3, 4, 40);

    assertThat(engine.averageScoredAt).isEmpty();
  }

  @Test
  void shouldTrainTheSameBitsHoweverOftenItScores() throws Exception {
    int records = 3 * Averaging.STRIDE;
    StudentState scored = trained(1, records);
    int pairs = heard.pairs.size();
    StudentState unscored = trained(0, records);

    // From the first average on.
    assertThat(pairs).isEqualTo((records - Averaging.STRIDE) / 64);
    assertThat(scored.average()).isPresent();
    assertThat(scored).isEqualTo(unscored);
  }

  private StudentState trained(int every, int records) throws InterruptedException {
    checkpoints.written.clear();
    try (StudentEngine engine =
        DjlStudentEngine.from(StudentState.fresh(RandomStart.weights(ScriptedEngine.SPEC, 1), 1))) {
      run(engine, every, 64, records);
      return engine.snapshot();
    }
  }

  private void run(StudentEngine engine, int every, int batch, int records)
      throws InterruptedException {
    TrainingSchedule schedule =
        new TrainingSchedule(
            Ramp.constant(2),
            0.6,
            Ramp.constant(0.01),
            1,
            0,
            0.1,
            1,
            1e6,
            Long.MAX_VALUE,
            Optional.empty(),
            averaging);
    new LoopBuilder(checkpoints)
        .batch(batch)
        .schedule(schedule)
        .averageScoredEvery(every)
        .listener(heard)
        .run(engine, new ScriptedSource().examples(0, records).withoutQuiet());
  }
}
