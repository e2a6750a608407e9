package io.distillstream.benchmarks.datafree;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.benchmarks.student.TokenizedExamples;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.steering.DriftPlan;
import io.distillstream.trainer.steering.Steering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A student that learns each text once, in batches of 32, and may be asked meanwhile. */
final class LearningStudent implements AutoCloseable {

  private static final int BATCH = 32;

  /** Length of the passes that benchmarks of students compare. */
  private static final long ANNEALED_RECORDS = 20_000;

  private final StudentEngine engine;
  private final TokenizedExamples examples;
  private final Steering steering =
      new Steering(TrainingSchedule.annealed(ANNEALED_RECORDS), DriftPlan.OFF, Map.of());

  private LearningStudent(StudentEngine engine, TokenizedExamples examples) {
    this.engine = engine;
    this.examples = examples;
  }

  @MustBeClosed
  static LearningStudent from(StudentState start, TokenizedExamples examples) {
    return new LearningStudent(DjlStudentEngine.from(start, TrainingObjective.STANDARD), examples);
  }

  /**
   * Learns from a teacher alone.
   *
   * @param logits the teacher's, {@code [texts][classes]}
   */
  void learn(List<String> texts, float[][] logits) throws DivergedStepException {
    int[] untold = new int[texts.size()];
    Arrays.fill(untold, TrainingBatch.UNKNOWN);
    List<Example> learned = examples.of("text-", texts, untold, flat(logits));
    for (int from = 0; from < learned.size(); from += BATCH) {
      steering.adapt(
          engine.learn(batch(learned, from), steering.settings(engine.recordsLearned())));
    }
  }

  /** What it says, {@code [texts][classes]}. */
  List<float[]> logits(List<String> texts) {
    List<float[]> logits = new ArrayList<>(texts.size());
    for (int from = 0; from < texts.size(); from += BATCH) {
      int[][] tokens =
          texts.subList(from, Math.min(from + BATCH, texts.size())).stream()
              .map(text -> examples.tokenizer().encode(text, examples.maxTokens()))
              .toArray(int[][]::new);
      logits.addAll(List.of(engine.logits(new TokenInputs(tokens))));
    }
    return logits;
  }

  /**
   * Scores it.
   *
   * @param logits the teacher's, {@code [texts][classes]}
   */
  BatchScore score(List<String> texts, int[] truths, float[][] logits) {
    List<Example> scored = examples.of("held-out-", texts, truths, flat(logits));
    BatchScore score = BatchScore.NONE;
    for (int from = 0; from < scored.size(); from += BATCH) {
      TrainingBatch batch = batch(scored, from);
      score = score.plus(BatchScore.of(engine.logits(batch.inputs()), batch));
    }
    return score;
  }

  private static float[] flat(float[][] rows) {
    int classes = rows[0].length;
    float[] all = new float[rows.length * classes];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * classes, classes);
    }
    return all;
  }

  private static TrainingBatch batch(List<Example> examples, int from) {
    List<Example> part = examples.subList(from, Math.min(from + BATCH, examples.size()));
    return new TrainingBatch(
        new TokenInputs(part.stream().map(Example::tokens).toArray(int[][]::new)),
        part.stream().map(Example::target).toList(),
        part.stream().mapToInt(Example::truth).toArray());
  }

  @Override
  public void close() {
    engine.close();
  }
}
