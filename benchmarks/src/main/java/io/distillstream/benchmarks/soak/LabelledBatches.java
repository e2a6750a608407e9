package io.distillstream.benchmarks.soak;

import io.distillstream.local.wordnet.Gloss;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An endless stream of batches over a few texts with their teacher's logits: a function of the
 * texts and the seed alone. Every pass over the texts has an order of its own.
 */
final class LabelledBatches {
  private static final int TEACHER_BATCH = 32;

  private final int[][] tokens;
  private final float[][] logits;
  private final int[] truth;
  private final int[] order;
  private final int batchSize;
  private final SplittableRandom random;
  private int next;

  private LabelledBatches(int[][] tokens, float[][] logits, int[] truth, int batchSize, long seed) {
    this.tokens = tokens;
    this.logits = logits;
    this.truth = truth;
    this.batchSize = batchSize;
    this.random = new SplittableRandom(seed);
    order = new int[tokens.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    next = order.length;
  }

  /**
   * Has the teacher label the texts, which takes it a while.
   *
   * @param labels the student's; the texts' labels are among them
   * @param maxTokens longer texts are cut
   * @throws IllegalArgumentException if there are fewer texts than a batch takes
   */
  static LabelledBatches of(
      Teacher teacher,
      List<Gloss> texts,
      LabelSpace labels,
      WordPieceTokenizer tokenizer,
      int maxTokens,
      int batchSize,
      long seed) {
    if (texts.size() < batchSize) {
      throw new IllegalArgumentException(
          "expected at least %d texts, got %d".formatted(batchSize, texts.size()));
    }
    return new LabelledBatches(
        texts.stream().map(text -> tokenizer.encode(text.text(), maxTokens)).toArray(int[][]::new),
        SortedBatches.logits(teacher, texts.stream().map(Gloss::text).toList(), TEACHER_BATCH),
        texts.stream().mapToInt(text -> labels.indexOf(text.label())).toArray(),
        batchSize,
        seed);
  }

  /** The next batch; texts left over at the end of a pass sit it out. */
  TrainingBatch next() {
    if (next + batchSize > order.length) {
      shuffle();
      next = 0;
    }
    int[][] batchTokens = new int[batchSize][];
    float[][] batchLogits = new float[batchSize][];
    int[] batchTruth = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      int text = order[next++];
      batchTokens[i] = tokens[text];
      batchLogits[i] = logits[text];
      batchTruth[i] = truth[text];
    }
    return new TrainingBatch(new TokenInputs(batchTokens), batchLogits, batchTruth);
  }

  /** Fisher and Yates. */
  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int text = order[i];
      order[i] = order[other];
      order[other] = text;
    }
  }
}
