package io.distillstream.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.augment.HardExamples.Learned;
import io.distillstream.trainer.batch.Marked;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HardExamplesTest {
  private static final int WORDS = 40;
  private static final int BATCH = 16;
  private static final StepSettings STEP = new StepSettings(2, 0.9, 3e-3, 0, 1, 1e9);
  private static final WordPieceTokenizer TOKENIZER = new WordPieceTokenizer(vocabulary());

  private final WordChoices choices = new WordChoices(TOKENIZER, 8);
  private final HardExamples hard =
      new HardExamples(new AugmentationPlan(0.2, 30, 0), "student", choices);
  private final DjlStudentEngine engine =
      DjlStudentEngine.from(
          StudentState.fresh(
              RandomStart.weights(TransformerSpec.uniform(4 + WORDS, 8, 1, 2, 8, 3, 8, false), 1),
              1));

  @AfterEach
  void close() {
    engine.close();
  }

  /** Words of letters: waa, wab, … */
  private static List<String> vocabulary() {
    return Stream.concat(
            Stream.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"),
            IntStream.range(0, WORDS)
                .mapToObj(i -> "w" + (char) ('a' + i / 20) + (char) ('a' + i % 20)))
        .toList();
  }

  private Learned learned(int seed, boolean... augmented) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] tokens = new int[BATCH][];
    float[][] logits = new float[BATCH][3];
    for (int row = 0; row < BATCH; row++) {
      int[] words = random.ints(5, 4, 4 + WORDS).toArray();
      tokens[row] =
          IntStream.concat(IntStream.concat(IntStream.of(2), Arrays.stream(words)), IntStream.of(3))
              .toArray();
      logits[row][words[0] % 3] = 4;
    }
    TrainingBatch plain = new TrainingBatch(new TokenInputs(tokens), logits, unknown());
    TrainingBatch batch =
        Marked.augmented(plain, augmented.length == 0 ? new boolean[BATCH] : augmented);
    StepResult result = engine.learn(batch, STEP);
    List<String> ids = IntStream.range(0, BATCH).mapToObj(i -> seed + "-" + i).toList();
    return new Learned(batch, ids, result.rows(), STEP);
  }

  private static int[] unknown() {
    return IntStream.generate(() -> TrainingBatch.UNKNOWN).limit(BATCH).toArray();
  }

  private Learned afterSomeSteps() throws Exception {
    for (int step = 0; step < 30; step++) {
      learned(step);
    }
    return learned(100);
  }

  @Test
  void shouldTakeTheRecordsFurthestFromTheTeacher() throws Exception {
    Learned last = afterSomeSteps();

    List<HardExample> made = hard.of(engine, last, 0);

    List<String> hardest =
        IntStream.range(0, BATCH)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -last.scores().get(i).kl()))
            .limit(4) // a fifth of 16, rounded up
            .map(i -> last.requestIds().get(i))
            .toList();
    assertThat(made).extracting(HardExample::sourceRequestId).isEqualTo(hardest);
  }

  @Test
  void shouldChangeOneWordAndSayWhichInTheId() throws Exception {
    Learned last = afterSomeSteps();

    for (HardExample example : hard.of(engine, last, 0)) {
      int row = last.requestIds().indexOf(example.sourceRequestId());
      int[] source = last.batch().inputs().tokens()[row];
      int[] changed = TOKENIZER.encode(example.text(), 8);
      int[] differing = IntStream.range(0, 7).filter(i -> source[i] != changed[i]).toArray();
      assertThat(differing).hasSize(1);
      assertThat(example.requestId())
          .isEqualTo(
              "%s~student~%d~%s"
                  .formatted(
                      example.sourceRequestId(),
                      differing[0],
                      TOKENIZER.vocabulary().get(changed[differing[0]])));
    }
  }

  @Test
  void shouldRaiseTheDistanceFromTheTeachersAnswerOnAverage() throws Exception {
    List<Double> rises = new ArrayList<>();
    for (int step = 0; step < 40; step++) {
      Learned last = learned(step);
      float[][] before = engine.logits(last.batch().inputs());
      for (HardExample example : hard.of(engine, last, 0)) {
        int row = last.requestIds().indexOf(example.sourceRequestId());
        float[] after =
            engine.logits(new TokenInputs(new int[][] {TOKENIZER.encode(example.text(), 8)}))[0];
        rises.add(
            last.batch().targets().get(row).kl(after)
                - last.batch().targets().get(row).kl(before[row]));
      }
    }
    assertThat(rises).hasSizeGreaterThan(50);
    assertThat(rises.stream().mapToDouble(x -> x).average().orElseThrow()).isGreaterThan(0.05);
  }

  @Test
  void shouldMakeNoneOfOneThatWasMadeItself() throws Exception {
    afterSomeSteps();
    boolean[] augmented = new boolean[BATCH];
    Arrays.fill(augmented, 0, BATCH - 2, true);

    Learned last = learned(200, augmented);

    assertThat(hard.of(engine, last, 0))
        .extracting(HardExample::sourceRequestId)
        .isNotEmpty()
        .isSubsetOf("200-14", "200-15");
  }

  @Test
  void shouldMakeTheSameAgain() throws Exception {
    Learned last = afterSomeSteps();
    assertThat(hard.of(engine, last, 3)).isNotEmpty().isEqualTo(hard.of(engine, last, 3));
  }

  @Test
  void shouldMakeNoneBeyondItsShare() throws Exception {
    Learned last = afterSomeSteps();
    long allowed = (long) (0.2 * engine.recordsLearned());
    assertThat(hard.of(engine, last, allowed - 1)).hasSize(1);
    assertThat(hard.of(engine, last, allowed)).isEmpty();
    assertThat(HardExamples.NONE.of(engine, last, 0)).isEmpty();
  }
}
