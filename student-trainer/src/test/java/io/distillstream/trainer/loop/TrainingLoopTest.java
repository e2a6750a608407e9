package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.Sha256;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.state.StudentState;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingLoopTest {
  private final ScriptedEngine engine = new ScriptedEngine();
  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();

  @Test
  void shouldTrainFullBatchesAndThenWhatTheQuietStreamLeft() throws Exception {
    run(new ScriptedSource().examples(0, 10));

    assertThat(engine.batchSizes).containsExactly(4, 4, 2);
  }

  @Test
  void shouldLeaveRecordsThatWaitForTheirBatchToTheNextStart() throws Exception {
    run(new ScriptedSource().examples(0, 10).withoutQuiet());

    assertThat(engine.batchSizes).containsExactly(4, 4);
    assertThat(checkpoints.newest().good().lineage().offsets()).containsEntry(0, 8L);
    assertThat(checkpoints.newest().good().lineage().records()).isEqualTo(8);
  }

  @Test
  void shouldPublishAfterSoManyRecordsAndAtTheEnd() throws Exception {
    run(new ScriptedSource().examples(0, 50).withoutQuiet());

    assertThat(checkpoints.written)
        .extracting(checkpoint -> checkpoint.good().lineage().records())
        .containsExactly(20L, 40L, 48L);
    assertThat(checkpoints.written)
        .extracting(PendingCheckpoint::version)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldPublishAfterTheIntervalWhereTheStreamIsSlow() throws Exception {
    run(new ScriptedSource().examples(0, 6));

    assertThat(checkpoints.written)
        .extracting(checkpoint -> checkpoint.good().lineage().records())
        .containsExactly(6L);
  }

  @Test
  void shouldTakeNoStepAndKeepNoCheckpointWhileThereIsNoRoom() throws Exception {
    TrainingLoop loop = loop(engine, new ScriptedSource().examples(0, 50));
    checkpoints.room =
        () -> {
          boolean room = engine.batchSizes.size() < 7;
          if (!room) {
            loop.stop();
          }
          return room;
        };
    loop.run();

    assertThat(engine.batchSizes).hasSize(7);
    assertThat(checkpoints.written)
        .extracting(checkpoint -> checkpoint.good().lineage().records())
        .containsExactly(20L);
  }

  @Test
  void shouldGoOnOnceThereIsRoom() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    checkpoints.room = () -> asked.incrementAndGet() != 5;
    run(new ScriptedSource().examples(0, 50));

    assertThat(asked).hasValueGreaterThan(5);
    assertThat(checkpoints.newest().good().lineage().digest()).isEqualTo(digest(0, 50));
  }

  @Test
  void shouldGiveContiguousRangesThatCoverEveryIdOnce() throws Exception {
    run(new ScriptedSource().examples(0, 50));

    long end = 0;
    for (PendingCheckpoint checkpoint : checkpoints.written) {
      assertThat(checkpoint.from()).isEqualTo(Map.of(0, end));
      end = checkpoint.good().lineage().offsets().getOrDefault(0, -1L);
    }
    assertThat(end).isEqualTo(50);
    assertThat(checkpoints.newest().good().lineage().digest()).isEqualTo(digest(0, 50));
  }

  @Test
  void shouldDescribeTheRecordsSinceTheParent() throws Exception {
    run(new ScriptedSource().examples(0, 40).withoutQuiet());

    PendingCheckpoint second = checkpoints.written.get(1);
    assertThat(second.score().records()).isEqualTo(20);
    assertThat(second.score().truthKnown()).isEqualTo(10);
    assertThat(second.meanLoss().total()).isEqualTo(1);
    assertThat(second.eventTimes().getStartsMillis()).startsWith(20_000L).endsWith(39_000L);
    assertThat(second.good().lineage().teacherVersions()).containsEntry("teacher", "v0");
    assertThat(second.createdAt()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void shouldContinueBitForBitFromACheckpoint() throws Exception {
    ScriptedSource source = new ScriptedSource().examples(0, 50);
    run(source);
    StudentState undisturbed = engine.snapshot();

    GoodState first = checkpoints.written.get(0).good();
    checkpoints.written.subList(1, checkpoints.written.size()).clear();
    ScriptedEngine second = new ScriptedEngine(first.state());
    run(second, new ScriptedSource().examples(0, 50));

    assertThat(second.snapshot().weights()).isEqualTo(undisturbed.weights());
    assertThat(second.snapshot().progress()).isEqualTo(undisturbed.progress());
    assertThat(checkpoints.newest().good().lineage().digest()).isEqualTo(digest(0, 50));
    assertThat(checkpoints.written.get(1).parentVersion()).isEqualTo(1);
    assertThat(checkpoints.written.get(1).from()).isEqualTo(Map.of(0, 20L));
  }

  @Test
  void shouldNotWaitForAWriteThatIsUnderWay() throws Exception {
    checkpoints.slow = true;
    ScriptedSource source = new ScriptedSource().examples(0, 50);
    TrainingLoop loop = loop(engine, source);
    source.atEnd(
        () -> {
          assertThat(engine.recordsLearned()).isEqualTo(50);
          assertThat(checkpoints.written).hasSize(1);
          checkpoints.slow = false;
          checkpoints.unfinished.get(0).complete(null);
          loop.stop();
        });

    loop.run();

    assertThat(checkpoints.written)
        .extracting(checkpoint -> checkpoint.good().lineage().records())
        .containsExactly(20L, 50L);
  }

  @Test
  void shouldStopWhenACheckpointCannotBeWritten() {
    checkpoints.slow = true;
    ScriptedSource source = new ScriptedSource().examples(0, 50);
    source.atEnd(
        () ->
            checkpoints
                .unfinished
                .get(0)
                .completeExceptionally(new TrainingStoppedException("no room")));

    assertThatThrownBy(() -> loop(engine, source).run())
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessage("no room");
  }

  @Test
  void shouldSendDeadLettersWithTheCheckpointThatPassesThem() throws Exception {
    run(
        new ScriptedSource()
            .examples(0, 2)
            .refused()
            .examples(2, 6)
            .refused()
            .examples(6, 8)
            .withoutQuiet());

    assertThat(checkpoints.newest().letters())
        .extracting(letter -> letter.key())
        .containsExactly("refused-2", "refused-7");
    assertThat(checkpoints.newest().good().lineage().offsets()).containsEntry(0, 10L);
    assertThat(checkpoints.newest().good().lineage().records()).isEqualTo(8);
  }

  @Test
  void shouldNotPublishAnUnchangedStudentForRefusedRecords() throws Exception {
    run(new ScriptedSource().refused().refused());

    assertThat(checkpoints.written).isEmpty();
    assertThat(checkpoints.passedOver).hasSize(1);
    assertThat(checkpoints.passedOver.get(0).version()).isZero();
    assertThat(checkpoints.passedOver.get(0).positions()).isEqualTo(Map.of(0, 2L));
    assertThat(checkpoints.passedOver.get(0).letters()).hasSize(2);
  }

  @Test
  void shouldMoveOverOffsetsWithoutRecordsSoThatNoLagIsLeft() throws Exception {
    run(new ScriptedSource().examples(0, 20).nothing());

    assertThat(checkpoints.written).hasSize(1);
    assertThat(checkpoints.passedOver).hasSize(1);
    assertThat(checkpoints.passedOver.get(0).positions()).isEqualTo(Map.of(0, 21L));
  }

  @Test
  void shouldKeepRangesContiguousOverRecordsThatWerePassedOver() throws Exception {
    ScriptedSource source = new ScriptedSource().examples(0, 20);
    for (int i = 0; i < 1_000; i++) {
      source.refused();
    }
    run(source.examples(20, 24));

    assertThat(checkpoints.passedOver).hasSize(1);
    assertThat(checkpoints.passedOver.get(0).version()).isEqualTo(1);
    assertThat(checkpoints.newest().from()).isEqualTo(Map.of(0, 20L));
    assertThat(checkpoints.newest().good().lineage().offsets()).containsEntry(0, 1_024L);
    assertThat(checkpoints.newest().letters()).isEmpty();
  }

  private void run(ScriptedSource source) throws InterruptedException {
    run(engine, source);
  }

  private void run(ScriptedEngine engine, ScriptedSource source) throws InterruptedException {
    new LoopBuilder(checkpoints).run(engine, source);
  }

  private TrainingLoop loop(ScriptedEngine engine, ScriptedSource source) {
    return new LoopBuilder(checkpoints).over(engine, source);
  }

  private static long digest(int from, int to) {
    return IntStream.range(from, to).mapToLong(n -> Sha256.leadingLong("request-" + n)).sum();
  }
}
