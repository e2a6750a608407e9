package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.engine.heap.Lending.Loan;
import io.distillstream.trainer.engine.heap.TrainedArrays.Moments;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.schedule.Averaging;
import io.distillstream.trainer.state.AdamW;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.state.StudentState.Progress;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The weights and moments of a student under training, as plain arrays, and their update. States go
 * in and out without being copied, see {@link TrainedArrays}: one array per dense parameter, and
 * one per row of the row table.
 *
 * <p>The row table and its moments change only in the rows that a batch picks; the moments of all
 * other rows rest instead of decaying (the "lazy" variant of Adam). A dense update of 30,522 rows
 * would cost as much as everything else.
 *
 * <p>The average for devices is kept beside, see {@link Averaging}; no step depends on it.
 */
public final class HeapStudent {
  /** Weight of the newest loss in its moving average. */
  private static final double LOSS_WEIGHT = 0.02;

  private final StudentSpec spec;
  private final DenseLayout layout;
  private final FakeQuantization quantization;
  private final TrainedArrays dense;
  private final TrainedArrays table;
  private final StudentPruning pruning;

  /** Read when they are first needed: many a student only answers. */
  private @Nullable StartMoments start;

  private @Nullable StudentAverage average;
  private Progress progress;

  /** Continues from {@code state}, which stays as it is. */
  public HeapStudent(StudentState state) {
    spec = state.spec();
    layout = new DenseLayout(spec);
    quantization = new FakeQuantization(spec, layout);
    // What is read from elsewhere is nobody else's.
    boolean lent = state.weights().isOnHeap();
    dense = new TrainedArrays(layout.arrays(state.weights()), lent);
    table = new TrainedArrays(state.weights().tableRows(), lent);
    start = new StartMoments(state.firstMoments(), state.secondMoments());
    pruning = new StudentPruning(spec, layout, dense, table, state.pruning());
    average = state.average().map(StudentAverage::new).orElse(null);
    progress = state.progress();
  }

  /** The moments that training continues with. */
  private record StartMoments(StudentWeights first, StudentWeights second) {}

  private void needMoments() {
    StartMoments unread = start;
    if (unread != null) {
      boolean lent = unread.first.isOnHeap() || unread.second.isOnHeap();
      dense.continueWith(
          new Moments(layout.arrays(unread.first), layout.arrays(unread.second), lent));
      table.continueWith(new Moments(unread.first.tableRows(), unread.second.tableRows(), lent));
      start = null;
    }
  }

  public StudentSpec spec() {
    return spec;
  }

  public Progress progress() {
    return progress;
  }

  /** The newest weights with these heads; valid as long as this student is trained. */
  public NetworkWeights newest(HeapHeads heads) {
    return new NetworkWeights(layout, quantization, dense.weights(), table.weights(), heads);
  }

  /** The average, if there is one; valid until the next step. */
  public Optional<NetworkWeights> average() {
    return Optional.ofNullable(average).map(StudentAverage::network);
  }

  /** One row of the table; to be read only, and before the next update. */
  float[] row(int word) {
    return table.weights(word);
  }

  /** Whether any text that was learned had this row of the table. */
  boolean hasLearned(int word) {
    needMoments();
    return table.isLearned(word);
  }

  /** See {@link StudentPruning#mask}. */
  public void mask(float[][] denseGradient, int[] words, float[] rowsGradient) {
    pruning.mask(denseGradient, words, rowsGradient);
  }

  /**
   * How weights move in one step.
   *
   * @param network all but the table
   * @param table its rows, without decay
   * @param weightDecay of the network's matrices
   */
  public record Movement(AdamW network, AdamW table, double weightDecay) {}

  /**
   * Takes one step.
   *
   * @param denseGradient an array per parameter of the layout
   * @param words distinct ids
   * @param rowsGradient {@code [words, width]}
   */
  public void update(
      Movement movement, float[][] denseGradient, int[] words, float[] rowsGradient) {
    needMoments();
    pruning.count(movement.network().rate(), denseGradient, words, rowsGradient);
    List<Parameter> parameters = layout.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      double decay = parameters.get(i).isMatrix() ? movement.weightDecay() : 0;
      dense.update(i, movement.network(), denseGradient[i], 0, decay);
    }
    for (int slot = 0; slot < words.length; slot++) {
      int width = table.weights(words[slot]).length;
      table.update(words[slot], movement.table(), rowsGradient, slot * width, 0);
    }
  }

  /** See to it that the next steps are measured as the plan needs it. */
  public void measure(PruningPlan plan) {
    pruning.measure(plan, progress.records());
  }

  /** Prunes single weights, if that is due. */
  public boolean pruneWeights(PruningPlan plan) {
    needMoments();
    boolean pruned = pruning.pruneWeights(plan, progress.records());
    if (pruned) {
      progress = progress.withoutLosses();
      if (average != null) {
        average = new StudentAverage(StudentAverage.masked(average.weights(), pruning.memory()));
      }
    }
    return pruned;
  }

  /**
   * The state without the units that are to go now; empty where none is.
   *
   * @throws IllegalArgumentException if the student has no such units
   */
  public Optional<StudentState> withoutUnits(PruningPlan plan) {
    return pruning
        .dueUnits(plan, progress.records())
        .map(units -> units.prune(state(), plan.schedule().sparsityAt(progress.records())));
  }

  public void fade() {
    pruning.fade();
  }

  public PruningLevel pruningLevel() {
    return pruning.level();
  }

  /** Counts a step over so many records. */
  public void advance(int records, double loss) {
    double average =
        progress.lossAverage() == 0
            ? loss
            : (1 - LOSS_WEIGHT) * progress.lossAverage() + LOSS_WEIGHT * loss;
    progress =
        new Progress(progress.seed(), progress.steps() + 1, progress.records() + records, average);
  }

  /**
   * Moves the average towards the newest weights as often as it is due; there is none where the
   * window is 0.
   *
   * @param before records learned when the last step began
   * @param deployed makes of weights what devices would get
   */
  public void average(double window, long before, UnaryOperator<StudentWeights> deployed) {
    long due = Averaging.due(before, progress.records());
    StudentAverage present = average;
    if (window == 0) {
      average = null;
    } else if (due > 0 && present == null) {
      average = new StudentAverage(deployed.apply(lentWeights()));
    } else if (due > 0 && present != null) {
      // Read at once, so that nothing needs to be handed over.
      StudentWeights newest =
          layout.weights(spec, dense.weights(), table.weights(), StudentWeights.NOBODY);
      present.approach(deployed.apply(newest), Math.min(1, due * Averaging.STRIDE / window));
    }
  }

  /**
   * A hash of all weights and moments but those of rows other than {@code words}: of what a step
   * that picks these may have changed.
   */
  public Fingerprint fingerprint(int[] words) {
    needMoments();
    Fingerprint fingerprint = new Fingerprint();
    dense.addTo(fingerprint);
    for (int word : words) {
      table.addTo(fingerprint, word);
    }
    return fingerprint;
  }

  /** A hash of all weights, moments and the average, and of which words share which rows. */
  public Fingerprint fingerprint() {
    needMoments();
    Fingerprint fingerprint = new Fingerprint();
    dense.addTo(fingerprint);
    table.addTo(fingerprint);
    if (spec.tableRows().shared()) {
      fingerprint.add(spec.tableRows().toTensor().values());
    }
    if (average != null) {
      average.addTo(fingerprint);
    }
    return fingerprint;
  }

  /** Everything as it is now. Takes no copy: what is handed over here is lent. */
  public StudentState state() {
    StartMoments unread = start;
    return new StudentState(
            lentWeights(),
            unread == null ? lentMoments(Moments::first) : unread.first,
            unread == null ? lentMoments(Moments::second) : unread.second,
            progress,
            pruning.memory())
        .withAverage(Optional.ofNullable(average).map(StudentAverage::weights));
  }

  private StudentWeights lentWeights() {
    return lent(
        dense.weights(), table.weights(), List.of(dense.lendWeights(), table.lendWeights()));
  }

  private StudentWeights lentMoments(Function<Moments, float[][]> which) {
    Moments ofDense = dense.moments();
    Moments ofTable = table.moments();
    return lent(
        which.apply(ofDense), which.apply(ofTable), List.of(ofDense.lend(), ofTable.lend()));
  }

  private StudentWeights lent(float[][] ofDense, float[][] ofTable, List<Loan> loans) {
    return layout.weights(spec, ofDense.clone(), ofTable.clone(), () -> loans.forEach(Loan::end));
  }
}
