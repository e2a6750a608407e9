package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.augment.AugmentationPlan;
import io.distillstream.trainer.augment.Augmented;
import io.distillstream.trainer.augment.HardExample;
import io.distillstream.trainer.augment.HardExamples;
import io.distillstream.trainer.augment.WordChoices;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.engine.DivergedStepException.Cause;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.distillstream.wire.payload.DurationHistogram;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Hard examples leave with the checkpoint and are told of apart when they come back. */
class HardExampleLoopTest {
  private static final WordPieceTokenizer TOKENIZER =
      new WordPieceTokenizer(
          List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "small", "old", "tree", "cat"));

  private final ScriptedEngine engine = new ScriptedEngine();
  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();
  private int leftOut;

  @Test
  void shouldSendHardExamplesWithTheCheckpointOfTheirRecords() throws Exception {
    run(0.25, new ScriptedSource().examples(texts(0, 40)).withoutQuiet());

    PendingCheckpoint first = checkpoints.written.get(0);
    PendingCheckpoint second = checkpoints.written.get(1);
    assertThat(first.hard()).isNotEmpty();
    assertThat(first.good().lineage().augmented()).isEqualTo(new Augmented(first.hard().size(), 0));
    assertThat(second.good().lineage().augmented())
        .isEqualTo(new Augmented(first.hard().size() + second.hard().size(), 0));
    assertThat(first.hard()).extracting(HardExampleLoopTest::number).allMatch(n -> n < 20);
    assertThat(second.hard()).extracting(HardExampleLoopTest::number).allMatch(n -> n >= 20);
  }

  private static List<Example> texts(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            number ->
                new Example(
                    "request-" + number,
                    new int[] {2, 4 + number % 4, 4 + number / 3 % 4, 3},
                    new float[] {number % 3, 1, 0},
                    TrainingBatch.UNKNOWN,
                    Instant.ofEpochMilli(1_000L * number),
                    Map.of("teacher", "v1")))
        .toList();
  }

  /** The same as the student's own. */
  private static List<Example> back(int from, int to) {
    return texts(from, to).stream().map(MadeUpExamples::augmented).toList();
  }

  private static int number(HardExample example) {
    return Integer.parseInt(example.sourceRequestId().substring("request-".length()));
  }

  @Test
  void shouldNeverSendMoreThanItsShareOfTheRecords() throws Exception {
    run(0.1, new ScriptedSource().examples(texts(0, 200)).withoutQuiet());

    for (PendingCheckpoint checkpoint : checkpoints.written) {
      Lineage lineage = checkpoint.good().lineage();
      assertThat((double) lineage.augmented().sent()).isLessThanOrEqualTo(0.1 * lineage.records());
    }
    assertThat(checkpoints.newest().good().lineage().augmented().sent()).isGreaterThan(15);
  }

  @Test
  void shouldTrainWhatComesBackWithinItsShareAndPassOverTheRest() throws Exception {
    run(
        0.2,
        new ScriptedSource()
            .examples(texts(0, 20))
            .examples(back(100, 140))
            .examples(texts(20, 24))
            .withoutQuiet());

    Lineage lineage = checkpoints.newest().good().lineage();
    // 20 + 5 at a fifth; what follows would be more than that until four others came.
    assertThat(lineage.augmented().trained()).isEqualTo(5);
    assertThat(lineage.records()).isEqualTo(28);
    assertThat(leftOut).isEqualTo(35);
    assertThat(lineage.offsets()).isEqualTo(Map.of(0, 63L));
  }

  @Test
  void shouldLeaveThemOutOfScoresAndEventTimes() throws Exception {
    run(
        0.2,
        new ScriptedSource()
            .examples(texts(0, 14))
            .examples(back(100, 102))
            .examples(texts(14, 20))
            .withoutQuiet());

    PendingCheckpoint only = checkpoints.newest();
    assertThat(only.good().lineage().records()).isEqualTo(20);
    assertThat(only.score().records()).isEqualTo(18);
    assertThat(only.eventTimes().getCounts().stream().mapToLong(count -> count).sum())
        .isEqualTo(18);
    assertThat(DurationHistogram.from(only.legTimes().getLabelled()).records()).isEqualTo(18);
    assertThat(DurationHistogram.from(only.legTimes().getCheckpointed()).records()).isEqualTo(18);
    assertThat(only.meanLoss().total()).isEqualTo(1);
  }

  @Test
  void shouldCheckpointWhatCameBackLastOfAll() throws Exception {
    run(0.2, new ScriptedSource().examples(texts(0, 20)).examples(back(100, 104)));

    assertThat(checkpoints.newest().good().lineage().records()).isEqualTo(24);
    assertThat(checkpoints.newest().score().records()).isZero();
    assertThat(checkpoints.newest().score().agreement()).isNaN();
  }

  @Test
  void shouldTakeBackWhatWasMadeOfRecordsThatARollbackTakesBack() throws Exception {
    engine.divergeOnceAt(32, Cause.NOT_FINITE);

    run(0.25, new ScriptedSource().examples(texts(0, 60)).withoutQuiet());

    List<HardExample> sent =
        checkpoints.written.stream().flatMap(written -> written.hard().stream()).toList();
    // Without the three batches' that were taken back and learned again: one each, as before.
    assertThat(sent).extracting(HardExample::sourceRequestId).doesNotHaveDuplicates().hasSize(15);
    assertThat(checkpoints.newest().good().lineage().augmented()).isEqualTo(new Augmented(15, 0));
  }

  @Test
  void shouldGoOnCountingFromACheckpoint() throws Exception {
    run(0.25, new ScriptedSource().examples(texts(0, 60)).withoutQuiet());
    List<PendingCheckpoint> undisturbed = List.copyOf(checkpoints.written);
    checkpoints.written.subList(1, checkpoints.written.size()).clear();

    run(
        new ScriptedEngine(checkpoints.newest().good().state()),
        0.25,
        new ScriptedSource().examples(texts(0, 60)).withoutQuiet());

    assertThat(checkpoints.written)
        .extracting(PendingCheckpoint::hard)
        .isEqualTo(undisturbed.stream().map(PendingCheckpoint::hard).toList());
    assertThat(checkpoints.newest().good().lineage())
        .isEqualTo(undisturbed.get(undisturbed.size() - 1).good().lineage());
  }

  private void run(double share, ScriptedSource source) throws InterruptedException {
    run(engine, share, source);
  }

  private void run(ScriptedEngine engine, double share, ScriptedSource source)
      throws InterruptedException {
    new LoopBuilder(checkpoints)
        .listener(
            new TrainingListener() {
              @Override
              public void leftOut(int records) {
                leftOut += records;
              }
            })
        .hardExamples(
            new HardExamples(
                new AugmentationPlan(share, 3, 0), "student", new WordChoices(TOKENIZER, 4)))
        .run(engine, source);
  }
}
