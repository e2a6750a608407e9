package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.checkpoint.Apart;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.engine.DivergedStepException.Cause;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.memory.MemoryPlan;
import io.distillstream.trainer.memory.MemoryPolicy;
import io.distillstream.trainer.memory.MemoryState;
import io.distillstream.trainer.memory.ReplayPlan;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps that are mixed with remembered examples. */
class ReplayLoopTest {
  private final ScriptedEngine engine = new ScriptedEngine();
  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();
  private final List<StepResult> results = new ArrayList<>();
  private ReplayPlan plan = plan(MemoryPolicy.RESERVOIR);

  private static ReplayPlan plan(MemoryPolicy policy) {
    return new ReplayPlan(1.0 / 3, 1.0 / 3, new MemoryPlan(policy, 15, 10_000, 20));
  }

  @Test
  void shouldAddAThirdToEachStepOnceThereIsSomethingToRemember() throws Exception {
    run(engine, new ScriptedSource().examples(0, 20).withoutQuiet());

    assertThat(engine.batchSizes).containsExactly(4, 6, 6, 6, 6);
    for (TrainingBatch batch : engine.batches) {
      List<Origin> origins = new ArrayList<>(Collections.nCopies(4, Origin.LIVE));
      origins.addAll(Collections.nCopies(batch.rows() - 4, Origin.REPLAYED));
      assertThat(batch.origins()).isEqualTo(origins);
    }
  }

  @Test
  void shouldReplayWithTheTeachersOwnTargetsWhatWasLearnedBefore() throws Exception {
    run(engine, new ScriptedSource().examples(0, 60).withoutQuiet());

    List<String> learned = new ArrayList<>();
    for (TrainingBatch batch : engine.batches) {
      assertThat(rows(batch, Origin.REPLAYED)).isSubsetOf(learned);
      learned.addAll(rows(batch, Origin.LIVE));
    }
    // From all over the stream, and not the same ones over and over.
    assertThat(engine.batches.stream().flatMap(b -> rows(b, Origin.REPLAYED).stream()).distinct())
        .hasSizeGreaterThan(12);
  }

  /** Tokens, teacher's logits and truth. */
  private static List<String> rows(TrainingBatch batch, Origin origin) {
    return IntStream.range(0, batch.rows())
        .filter(row -> batch.origins().get(row) == origin)
        .mapToObj(
            row ->
                Arrays.toString(batch.inputs().tokens()[row])
                    + Arrays.toString(((DenseTarget) batch.targets().get(row)).logits())
                    + batch.truth()[row])
        .toList();
  }

  @Test
  void shouldCountEachRecordOnceAndWhatIsReplayedApart() throws Exception {
    run(engine, new ScriptedSource().examples(0, 20).withoutQuiet());

    PendingCheckpoint only = checkpoints.newest();
    assertThat(only.good().lineage().records()).isEqualTo(20);
    assertThat(only.good().state().progress().records()).isEqualTo(20);
    assertThat(only.good().lineage().apart()).isEqualTo(new Apart(8, 0, 0));
    assertThat(only.score().records()).isEqualTo(20);
    assertThat(only.score().truthKnown()).isEqualTo(10);
    assertThat(only.eventTimes().getCounts().stream().mapToLong(count -> count).sum())
        .isEqualTo(20);
    assertThat(only.meanLoss().total()).isEqualTo(1);
    assertThat(results)
        .extracting(result -> result.replayed().size())
        .containsExactly(0, 2, 2, 2, 2);
    assertThat(only.good().memories().replay().offered()).isEqualTo(20);
  }

  @Test
  void shouldRehearseInARunOfOneLabelInStepsBehindTheBatch() throws Exception {
    plan = new ReplayPlan(1.0 / 3, 0.75, new MemoryPlan(MemoryPolicy.RESERVOIR, 400, 100_000, 20));
    run(engine, new ScriptedSource().examples(0, 300).answering(300, 460, 1).withoutQuiet());

    List<TrainingBatch> last =
        engine.batches.subList(engine.batches.size() - 3, engine.batches.size());
    assertThat(last.get(0).origins()).containsSequence(Origin.LIVE, Origin.REPLAYED).hasSize(6);
    assertThat(last.subList(1, 3)).allMatch(batch -> batch.fresh().isEmpty() && batch.rows() == 5);
    PendingCheckpoint newest = checkpoints.newest();
    assertThat(newest.good().lineage().records()).isEqualTo(460);
    assertThat(newest.good().state().progress().records()).isEqualTo(460);
    assertThat(newest.good().lineage().apart().replayed())
        .isEqualTo(
            engine.batches.stream().mapToLong(batch -> rows(batch, Origin.REPLAYED).size()).sum());
  }

  @ParameterizedTest
  @EnumSource(MemoryPolicy.class)
  void shouldTakeTheVerySameStepsAfterARestart(MemoryPolicy chosen) throws Exception {
    plan = plan(chosen);
    run(engine, new ScriptedSource().examples(0, 100).withoutQuiet());
    GoodState undisturbed = checkpoints.newest().good();
    checkpoints.written.subList(2, checkpoints.written.size()).clear();

    ScriptedEngine resumed = new ScriptedEngine(checkpoints.newest().good().state());
    run(resumed, new ScriptedSource().examples(0, 100).withoutQuiet());

    assertThat(replayed(resumed.batches)).isEqualTo(replayed(engine.batches.subList(10, 25)));
    assertSame(checkpoints.newest().good(), undisturbed);
  }

  @Test
  void shouldTrainTheSameBitsAfterARestart() throws Exception {
    plan = plan(MemoryPolicy.CLASS_BALANCED);
    StudentState start = StudentState.fresh(RandomStart.weights(ScriptedEngine.SPEC, 1), 1);
    GoodState undisturbed = trained(start);
    checkpoints.written.subList(1, checkpoints.written.size()).clear();

    GoodState resumed = trained(checkpoints.newest().good().state());

    assertSame(resumed, undisturbed);
  }

  private GoodState trained(StudentState start) throws InterruptedException {
    try (StudentEngine real = DjlStudentEngine.from(start)) {
      run(real, new ScriptedSource().examples(0, 60).withoutQuiet());
      return checkpoints.newest().good();
    }
  }

  @Test
  void shouldTakeTheMemoryBackWithTheStudent() throws Exception {
    run(engine, new ScriptedSource().examples(0, 60).withoutQuiet());
    GoodState undisturbed = checkpoints.newest().good();
    checkpoints.written.clear();

    ScriptedEngine diverging = new ScriptedEngine();
    diverging.divergeOnceAt(32, Cause.NOT_FINITE);
    ScriptedSource source = new ScriptedSource().examples(0, 60).withoutQuiet();
    run(diverging, source);

    assertThat(source.seeks).containsExactly(Map.of(), Map.of(0, 20L));
    // The three batches from record 20 to 32 are learned twice, with the same beside them.
    List<List<String>> twice = replayed(diverging.batches);
    assertThat(twice.subList(8, 11)).isEqualTo(twice.subList(5, 8));
    List<List<String>> once = new ArrayList<>(twice.subList(0, 5));
    once.addAll(twice.subList(8, twice.size()));
    assertThat(once).isEqualTo(replayed(engine.batches));
    assertThat(checkpoints.newest().good().lineage()).isEqualTo(undisturbed.lineage());
    assertSame(checkpoints.newest().good().memories().replay(), undisturbed.memories().replay());
  }

  @Test
  void shouldTrainAsEverWithoutReplay() throws Exception {
    new LoopBuilder(checkpoints).run(engine, new ScriptedSource().examples(0, 40).withoutQuiet());

    assertThat(engine.batches).allMatch(TrainingBatch::isLive);
    assertThat(checkpoints.newest().good().lineage().apart()).isEqualTo(Apart.NONE);
    assertThat(checkpoints.newest().good().memories().replay()).isEqualTo(MemoryState.NONE);
  }

  private static List<List<String>> replayed(List<TrainingBatch> batches) {
    return batches.stream().map(batch -> rows(batch, Origin.REPLAYED)).toList();
  }

  private static void assertSame(GoodState actual, GoodState expected) {
    assertThat(actual.state()).isEqualTo(expected.state());
    assertThat(actual.lineage()).isEqualTo(expected.lineage());
    assertSame(actual.memories().replay(), expected.memories().replay());
    assertThat(actual.memories().labels()).isEqualTo(expected.memories().labels());
  }

  private static void assertSame(MemoryState actual, MemoryState expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    assertThat(actual.entries()).isNotEmpty();
  }

  private void run(StudentEngine trained, ScriptedSource source) throws InterruptedException {
    new LoopBuilder(checkpoints)
        .replay(plan)
        .listener(
            new TrainingListener() {
              @Override
              public void trained(int records, StepResult result, StepSettings settings) {
                assertThat(records).isEqualTo(4);
                results.add(result);
              }
            })
        .run(trained, source);
  }
}
