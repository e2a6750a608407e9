package io.distillstream.benchmarks.soak;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.engine.heap.Fingerprint;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.StudentState;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Two engines that take the same steps from the same start and are compared after each: what a step
 * computes must depend on its inputs alone, whatever compiler, garbage collector and allocator do
 * meanwhile.
 *
 * <p>After every step the engines' losses and a {@link Fingerprint} of all that the step may have
 * changed are compared: every dense parameter and the rows that the batch picks of the row table,
 * with their moments. Everything is compared every so many steps, so that a stray write elsewhere
 * shows too. Owns both engines. Not thread-safe.
 */
final class TwinEngines implements AutoCloseable {
  private final DjlStudentEngine first;
  private final DjlStudentEngine second;
  private final int wholeEvery;

  private TwinEngines(DjlStudentEngine first, DjlStudentEngine second, int wholeEvery) {
    this.first = first;
    this.second = second;
    this.wholeEvery = wholeEvery;
  }

  /**
   * Twins that start from {@code state}. The caller closes them.
   *
   * @param wholeEvery the steps after which everything is compared, at least 1
   */
  static TwinEngines from(StudentState state, int wholeEvery) {
    if (wholeEvery < 1) {
      throw new IllegalArgumentException("wholeEvery must be positive: " + wholeEvery);
    }
    return new TwinEngines(
        DjlStudentEngine.from(state), DjlStudentEngine.from(copy(state)), wholeEvery);
  }

  /** Arrays of its own: engines would share those of one state for as long as neither writes. */
  private static StudentState copy(StudentState state) {
    Map<String, FloatTensor> tensors = new HashMap<>();
    state
        .tensors()
        .forEach(
            (name, tensor) ->
                tensors.put(name, new FloatTensor(tensor.shape(), tensor.values().clone())));
    return StudentState.from(tensors, state.header());
  }

  /**
   * Takes one step with each, in turns first and second.
   *
   * @throws EnginesDifferException naming the first value that differs
   * @throws DivergedStepException as {@link StudentEngine#learn}
   */
  StepResult learn(TrainingBatch batch, StepSettings settings)
      throws DivergedStepException, EnginesDifferException {
    boolean swap = first.steps() % 2 == 1;
    DjlStudentEngine leading = swap ? second : first;
    DjlStudentEngine following = swap ? first : second;
    StepResult result = leading.learn(batch, settings);
    StepResult other = following.learn(batch, settings);
    if (!result.equals(other)
        || first.fingerprint(batch.inputs()) != second.fingerprint(batch.inputs())
        || (steps() % wholeEvery == 0 && first.fingerprint() != second.fingerprint())) {
      throw difference(result, other);
    }
    return result;
  }

  /** The first value of the states that differs; the loss where none does. */
  private EnginesDifferException difference(StepResult result, StepResult other) {
    Map<String, FloatTensor> twins = second.snapshot().tensors();
    for (Map.Entry<String, FloatTensor> entry : first.snapshot().tensors().entrySet()) {
      float[] one = entry.getValue().values();
      float[] two = Objects.requireNonNull(twins.get(entry.getKey())).values();
      for (int i = 0; i < one.length; i++) {
        if (Float.floatToRawIntBits(one[i]) != Float.floatToRawIntBits(two[i])) {
          return new EnginesDifferException(steps(), entry.getKey(), i, one[i], two[i]);
        }
      }
    }
    return new EnginesDifferException(
        steps(), "loss", 0, result.loss().total(), other.loss().total());
  }

  /** Steps that each engine has taken. */
  long steps() {
    return first.steps();
  }

  /** Records that each engine has learned. */
  long recordsLearned() {
    return first.recordsLearned();
  }

  /** A hash of all weights and moments: equal for equal runs, in other processes too. */
  long fingerprint() {
    return first.fingerprint();
  }

  /** Lets a test spoil one of the twins. */
  StudentEngine second() {
    return second;
  }

  @Override
  public void close() {
    try (first;
        second) {
      // Each holds native memory of its own.
    }
  }
}
