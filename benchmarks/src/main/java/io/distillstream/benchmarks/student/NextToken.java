package io.distillstream.benchmarks.student;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.StudentSize;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A causal student after one pass over texts with a {@link BigramTeacher}'s opinion of every next
 * word piece.
 *
 * @param student KL from the teacher to the student on unseen texts, mean per token, nats
 * @param unigram the same for the frequencies of the pieces alone, what knows no context
 * @param tokensPerSecond learned
 * @param state at the end
 */
record NextToken(double student, double unigram, double tokensPerSecond, StudentState state) {
  static final int MAX_TOKENS = 64;

  private static final long SEED = 42;
  private static final int BATCH = 32;

  static NextToken distil(Texts texts, StudentSize size) throws DivergedStepException {
    BigramTeacher teacher = new BigramTeacher(texts.learned(), texts.words());
    CausalTransformerSpec spec = CausalTransformerSpec.of(size, texts.words(), MAX_TOKENS);
    StepSettings settings = new StepSettings(1, 1, 3e-3, 0.01, 1, 8);
    try (StudentEngine engine =
        DjlStudentEngine.from(StudentState.fresh(RandomStart.weights(spec, SEED), SEED))) {
      long tokens = 0;
      long start = System.nanoTime();
      for (int from = 0; from < texts.learned().size(); from += BATCH) {
        TrainingBatch batch = teacher.batch(part(texts.learned(), from));
        engine.learn(batch, settings);
        tokens += batch.rows();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      BatchScore student = BatchScore.NONE;
      BatchScore unigram = BatchScore.NONE;
      for (int from = 0; from < texts.unseen().size(); from += BATCH) {
        TrainingBatch batch = teacher.batch(part(texts.unseen(), from));
        student = student.plus(BatchScore.of(engine.logits(batch.inputs()), batch));
        float[][] constant = new float[batch.rows()][];
        Arrays.fill(constant, teacher.unigramLogits());
        unigram = unigram.plus(BatchScore.of(constant, batch));
      }
      return new NextToken(student.meanKl(), unigram.meanKl(), tokens / seconds, engine.snapshot());
    }
  }

  /**
   * Texts over the most frequent word pieces; the others are one, with id 0.
   *
   * @param words number of ids
   * @param learned once, in order
   */
  record Texts(int words, List<int[]> learned, List<int[]> unseen) {
    static Texts of(int words, List<String> learned, List<String> unseen) {
      WordPieceTokenizer tokenizer = LabelledCorpus.bundledTokenizer();
      long[] counts = new long[tokenizer.vocabulary().size()];
      learned.forEach(
          text -> Arrays.stream(tokenizer.encode(text, MAX_TOKENS)).forEach(id -> counts[id]++));
      int[] ids = new int[counts.length];
      int[] frequent =
          IntStream.range(0, counts.length)
              .boxed()
              .sorted(Comparator.comparingLong(id -> -counts[id]))
              .limit(words - 1L)
              .mapToInt(Integer::intValue)
              .toArray();
      for (int rank = 0; rank < frequent.length; rank++) {
        ids[frequent[rank]] = rank + 1;
      }
      return new Texts(words, encode(tokenizer, ids, learned), encode(tokenizer, ids, unseen));
    }

    private static List<int[]> encode(WordPieceTokenizer tokenizer, int[] ids, List<String> texts) {
      return texts.stream()
          .map(
              text ->
                  Arrays.stream(tokenizer.encode(text, MAX_TOKENS)).map(id -> ids[id]).toArray())
          .toList();
    }
  }

  private static List<int[]> part(List<int[]> texts, int from) {
    return texts.subList(from, Math.min(from + BATCH, texts.size()));
  }
}
