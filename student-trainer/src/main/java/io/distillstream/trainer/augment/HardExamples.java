package io.distillstream.trainer.augment;

import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.Substitution;
import io.distillstream.trainer.engine.Substitution.Choices;
import io.distillstream.trainer.schedule.StepSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes hard examples of the records that a student has just learned, within their share: of those
 * that it was furthest from the teacher on, one word is replaced by the one that raises the loss
 * most, as far as the gradient tells ({@link StudentEngine#substitutions}).
 *
 * <p>A function of batch, student and plan, so that a trainer that was killed makes the same ones
 * again. An example that was made so itself is never made more of.
 */
public final class HardExamples {

  /** Makes none and admits none. */
  public static final HardExamples NONE =
      new HardExamples(AugmentationPlan.NONE, "", Optional.empty());

  private final AugmentationPlan plan;
  private final String model;
  private final Optional<WordChoices> choices;

  private HardExamples(AugmentationPlan plan, String model, Optional<WordChoices> choices) {
    this.plan = plan;
    this.model = model;
    this.choices = choices;
  }

  /**
   * Of one model, by a plan.
   *
   * @param model makes the request ids differ from other models'
   */
  public HardExamples(AugmentationPlan plan, String model, WordChoices choices) {
    this(plan, model, Optional.of(choices));
  }

  /** Whether any are made. */
  public boolean isOn() {
    return plan.maxShare() > 0 && choices.isPresent();
  }

  /**
   * Whether one more may be trained.
   *
   * @param augmented of the records trained so far
   * @param records trained so far
   */
  public boolean admits(long augmented, long records) {
    return plan.admits(augmented, records);
  }

  /**
   * What a step leaves behind.
   *
   * @param requestIds per row
   * @param scores of the rows of live traffic, from before they were learned
   */
  public record Learned(
      TrainingBatch batch, List<String> requestIds, List<RowScore> scores, StepSettings settings) {

    /** The rows of live traffic, furthest from the teacher first. */
    private List<Integer> hardestFirst() {
      int[] live =
          IntStream.range(0, batch.rows())
              .filter(row -> batch.origins().get(row) == Origin.LIVE)
              .toArray();
      if (live.length != scores.size()) {
        throw new IllegalArgumentException(
            "%d scores of %d rows".formatted(scores.size(), live.length));
      }
      return IntStream.range(0, live.length)
          .boxed()
          .sorted(Comparator.comparingDouble((Integer i) -> scores.get(i).kl()).reversed())
          .map(i -> live[i])
          .toList();
    }

    private int[] tokens(int row) {
      return batch.inputs().tokens()[row];
    }
  }

  /**
   * Makes examples of a batch that was learned.
   *
   * @param engine after the step
   * @param sent so far
   */
  public List<HardExample> of(StudentEngine engine, Learned learned, long sent) {
    int room = plan.room(sent, engine.recordsLearned(), learned.scores().size());
    if (room == 0 || choices.isEmpty()) {
      return List.of();
    }
    WordChoices words = choices.get();
    List<Integer> rows = new ArrayList<>();
    List<Choices> open = new ArrayList<>();
    for (int row : learned.hardestFirst()) {
      if (rows.size() < room) {
        words
            .of(learned.tokens(row), learned.requestIds().get(row), plan.candidates())
            .ifPresent(
                found -> {
                  rows.add(row);
                  open.add(found);
                });
      }
    }
    return rows.isEmpty() ? List.of() : changed(engine, learned, rows, open, words);
  }

  private List<HardExample> changed(
      StudentEngine engine,
      Learned learned,
      List<Integer> rows,
      List<Choices> open,
      WordChoices words) {
    TrainingBatch hardest =
        learned.batch().select(rows.stream().mapToInt(Integer::intValue).toArray());
    List<Optional<Substitution>> found = engine.substitutions(hardest, learned.settings(), open);
    List<HardExample> examples = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      String source = learned.requestIds().get(rows.get(i));
      int[] tokens = learned.tokens(rows.get(i));
      found
          .get(i)
          .flatMap(substitution -> example(source, tokens, substitution, words))
          .ifPresent(examples::add);
    }
    return examples;
  }

  private Optional<HardExample> example(
      String source, int[] tokens, Substitution substitution, WordChoices words) {
    String id =
        "%s~%s~%d~%s"
            .formatted(source, model, substitution.position(), words.word(substitution.word()));
    return words.text(substitution.apply(tokens)).map(text -> new HardExample(id, source, text));
  }
}
