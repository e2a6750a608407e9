package io.distillstream.trainer.engine;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import java.util.List;
import java.util.Optional;

/**
 * A student that learns one batch at a time.
 *
 * <p>It owns its weights, optimizer moments and whatever native memory holds them, until {@link
 * #close()}. Not thread-safe: one thread uses it from the first call to the last. The same states,
 * batches and settings in the same order give the same bits.
 */
public interface StudentEngine extends AutoCloseable {

  /** Of the student as it is now: pruning makes it smaller. */
  StudentSpec spec();

  /** Records learned since the fresh start; the position in every schedule. */
  long recordsLearned();

  /** Optimizer steps since the fresh start. */
  long steps();

  /**
   * Forward pass only, of the newest weights, whether or not devices get an average.
   *
   * @return logits {@code [rows, classes]}; a classifier has one row per record
   * @throws IllegalArgumentException if these are no inputs for such a student
   */
  float[][] logits(TokenInputs inputs);

  /**
   * Scores the batch, then learns it, in one forward pass and one backward pass.
   *
   * @throws DivergedStepException if the loss or a gradient is not finite, or the loss leaps beyond
   *     {@link StepSettings#spikeFactor}. The update was not applied. The weights themselves may
   *     have been the cause: {@link #restore} a state known to be good before going on.
   */
  StepResult learn(TrainingBatch batch, StepSettings settings) throws DivergedStepException;

  /**
   * Scores a batch with the average of the weights that devices get, as {@link #learn} scores it
   * with the newest ones: in one pass over all its rows. Changes nothing.
   *
   * @param settings of the step that is to learn the batch
   * @return over the rows of live traffic; empty without any, and where there is no average, so
   *     that devices get the newest weights
   */
  Optional<BatchScore> scoreAverage(TrainingBatch batch, StepSettings settings);

  /**
   * Finds for each text the one substitution of a word that raises its loss most, as far as the
   * gradient tells. Changes nothing.
   *
   * @param settings whose loss it is
   * @param choices per text
   * @return per text; empty where no substitution raises the loss
   */
  List<Optional<Substitution>> substitutions(
      TrainingBatch batch, StepSettings settings, List<Substitution.Choices> choices);

  /**
   * Prunes what {@code plan} says is due after {@link #recordsLearned()} records, if it is not yet
   * pruned, and measures importance in the steps that follow, if the plan needs that. To be called
   * before every step, so that states, plans and batches alone decide on the bits.
   *
   * @return the level that was reached, if anything was pruned
   */
  Optional<PruningLevel> prune(PruningPlan plan);

  /** How much is pruned at present. */
  PruningLevel pruningLevel();

  /**
   * Everything that the next steps depend on, on the heap. It never changes again, whatever the
   * engine does, and any thread may read it. Taking it costs next to nothing; the next step costs
   * what it needs to leave the state alone.
   */
  StudentState snapshot();

  /**
   * Continues from {@code state}, bit for bit.
   *
   * @throws IllegalArgumentException if the state is of another shape, other than by pruned units
   */
  void restore(StudentState state);

  @Override
  void close();
}
