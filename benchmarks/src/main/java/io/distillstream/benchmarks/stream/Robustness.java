package io.distillstream.benchmarks.stream;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.trainer.augment.WordChoices;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.Substitution;
import io.distillstream.trainer.engine.Substitution.Choices;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.schedule.StepSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A student's agreement with the teacher on texts that nothing learned from, as they are and
 * perturbed. The teacher answers each perturbed text anew; only where vectors are moved, of which
 * it has none, its answer to the text as it is counts.
 */
final class Robustness {
  static final String CLEAN = "clean";
  private static final int BATCH = 32;
  private static final double TYPOS = 0.2;
  private static final double WORDS = 0.15;
  private static final List<Double> RADII = List.of(0.05, 0.1);

  /** The gradient of the KL from the teacher, at temperature 1. */
  private static final StepSettings ATTACK = new StepSettings(1, 1, 0, 0, 1, 1e9);

  private final Teacher teacher;
  private final WordPieceTokenizer tokenizer;
  private final int maxTokens;
  private final int candidates;
  private final WordChoices words;
  private final List<Example> clean;

  /** Texts that are the same for every student, by the name of what was done to them. */
  private final Map<String, TrainingBatch> fixed = new LinkedHashMap<>();

  /**
   * Borrows the teacher.
   *
   * @param texts of the examples
   * @param candidates words that each attack weighs
   */
  Robustness(
      Teacher teacher,
      WordPieceTokenizer tokenizer,
      int maxTokens,
      List<Example> clean,
      List<String> texts,
      int candidates) {
    this.teacher = teacher;
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
    this.clean = clean;
    this.candidates = candidates;
    words = new WordChoices(tokenizer, maxTokens);
    fixed.put("typos", labelled(typos(texts)));
    fixed.put("random words", labelled(randomWords()));
  }

  private static List<String> typos(List<String> texts) {
    return IntStream.range(0, texts.size())
        .mapToObj(i -> PerturbedTexts.typos(texts.get(i), TYPOS, i))
        .toList();
  }

  private List<String> randomWords() {
    return clean.stream()
        .map(
            example ->
                PerturbedTexts.substituted(
                    example.tokens(), WORDS, words, "random/" + example.requestId()))
        .map(tokenizer::decode)
        .toList();
  }

  private TrainingBatch labelled(List<String> texts) {
    return new TrainingBatch(
        new TokenInputs(
            texts.stream().map(text -> tokenizer.encode(text, maxTokens)).toArray(int[][]::new)),
        SortedBatches.logits(teacher, texts, BATCH),
        clean.stream().mapToInt(Example::truth).toArray());
  }

  /** Scores by the name of the perturbation, in a fixed order. */
  Map<String, BatchScore> of(DjlStudentEngine student) {
    Map<String, BatchScore> scores = new LinkedHashMap<>();
    TrainingBatch unchanged =
        new TrainingBatch(
            new TokenInputs(clean.stream().map(Example::tokens).toArray(int[][]::new)),
            clean.stream().map(Example::target).toList(),
            clean.stream().mapToInt(Example::truth).toArray());
    scores.put(CLEAN, score(student, unchanged));
    fixed.forEach((name, batch) -> scores.put(name, score(student, batch)));
    int[][] attacked = unchanged.inputs().tokens().clone();
    for (int count = 1; count <= 2; count++) {
      attacked = attacked(student, unchanged, attacked);
      List<String> texts = Arrays.stream(attacked).map(tokenizer::decode).toList();
      scores.put(count + " worst", score(student, labelled(texts)));
    }
    for (double radius : RADII) {
      scores.put("vectors " + radius, moved(student, unchanged, radius));
    }
    return scores;
  }

  private static BatchScore score(DjlStudentEngine student, TrainingBatch batch) {
    BatchScore score = BatchScore.NONE;
    for (TrainingBatch part : parts(batch)) {
      score = score.plus(BatchScore.of(student.logits(part.inputs()), part));
    }
    return score;
  }

  private static BatchScore moved(DjlStudentEngine student, TrainingBatch batch, double radius) {
    Consistency shift =
        new Consistency(1, radius, Consistency.Shape.L2, Consistency.Anchor.TEACHER);
    BatchScore score = BatchScore.NONE;
    for (TrainingBatch part : parts(batch)) {
      score = score.plus(BatchScore.of(student.movedLogits(part, ATTACK, shift), part));
    }
    return score;
  }

  /** The texts with one word more replaced, each by the worst of those weighed. */
  private int[][] attacked(DjlStudentEngine student, TrainingBatch batch, int[][] texts) {
    int[][] changed = texts.clone();
    int[][] originals = batch.inputs().tokens();
    for (int from = 0; from < texts.length; from += BATCH) {
      int[] rows = IntStream.range(from, Math.min(from + BATCH, texts.length)).toArray();
      TrainingBatch part =
          new TrainingBatch(
              new TokenInputs(
                  Arrays.stream(rows).mapToObj(row -> texts[row]).toArray(int[][]::new)),
              Arrays.stream(rows).mapToObj(row -> batch.targets().get(row)).toList(),
              Arrays.stream(rows).map(row -> batch.truth()[row]).toArray());
      List<Choices> open = new ArrayList<>();
      for (int row : rows) {
        open.add(untouched(texts[row], originals[row], clean.get(row).requestId()));
      }
      List<Optional<Substitution>> found = student.substitutions(part, ATTACK, open);
      for (int i = 0; i < rows.length; i++) {
        int row = rows[i];
        found.get(i).ifPresent(worst -> changed[row] = worst.apply(texts[row]));
      }
    }
    return changed;
  }

  /** Places that were not changed yet. */
  private Choices untouched(int[] text, int[] original, String id) {
    return words
        .of(text, "attack/" + id, candidates)
        .map(
            open ->
                new Choices(
                    Arrays.stream(open.positions())
                        .filter(at -> text[at] == original[at])
                        .toArray(),
                    open.words()))
        .orElse(new Choices(new int[0], new int[0]));
  }

  private static List<TrainingBatch> parts(TrainingBatch batch) {
    List<TrainingBatch> parts = new ArrayList<>();
    for (int from = 0; from < batch.rows(); from += BATCH) {
      parts.add(
          batch.select(IntStream.range(from, Math.min(from + BATCH, batch.rows())).toArray()));
    }
    return parts;
  }
}
