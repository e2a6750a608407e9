package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.engine.heap.Lending.Loan;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.PrunableMatrix;
import io.distillstream.trainer.state.AdamW;
import io.distillstream.trainer.state.AdamW.Values;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of weights, each with both of its moments, that are handed over without being copied.
 *
 * <p>They are lent, and nothing writes to an array that is: the next update of an entry reads the
 * lent array and writes to a new one, which it does in the same pass, and later updates work in
 * place again, as they do once the loan has ended. So what reads a loan never sees a change, an
 * entry that is not updated is never copied, and handing over costs a few pointers. Weights and
 * moments are lent apart, since moments are needed for a shorter time. A student that only answers
 * needs no moments. Not thread-safe itself.
 */
final class TrainedArrays {
  private final float[][] weights;
  private final Lending weightLoans;
  private @Nullable Moments moments;

  /**
   * @param weights the array of each entry; not written to if {@code lent}
   */
  TrainedArrays(float[][] weights, boolean lent) {
    this.weights = weights.clone();
    this.weightLoans = new Lending(weights.length, lent);
  }

  /** The moments of all entries. */
  static final class Moments {
    private final float[][] first;
    private final float[][] second;
    private final Lending loans;

    /**
     * @param lent whether these arrays are not to be written to
     */
    Moments(float[][] first, float[][] second, boolean lent) {
      if (first.length != second.length) {
        throw new IllegalArgumentException(
            "expected as many second moments as %d first ones, got %d"
                .formatted(first.length, second.length));
      }
      this.first = first.clone();
      this.second = second.clone();
      this.loans = new Lending(first.length, lent);
    }

    float[][] first() {
      return first;
    }

    float[][] second() {
      return second;
    }

    /** Until it ends, the arrays are not written to. */
    Loan lend() {
      return loans.lend();
    }
  }

  /** Until it ends, the weights as they are now are not written to. */
  Loan lendWeights() {
    return weightLoans.lend();
  }

  /** Gives the entries their moments; to be called before any of these is needed. */
  void continueWith(Moments start) {
    moments = start;
  }

  Moments moments() {
    if (moments == null) {
      throw new IllegalStateException("no moments to continue with");
    }
    return moments;
  }

  /** The weights of an entry, to be read only and before the next update. */
  float[] weights(int entry) {
    return weights[entry];
  }

  /** All weights, as {@link #weights(int)}. */
  float[][] weights() {
    return weights;
  }

  /** Whether any step has had a gradient for an entry. */
  boolean isLearned(int entry) {
    for (float moment : moments().second[entry]) {
      if (moment > 0) {
        return true;
      }
    }
    return false;
  }

  /** Updates one entry with the gradients from {@code gradientOffset} on. */
  void update(int entry, AdamW adam, float[] gradients, int gradientOffset, double weightDecay) {
    Moments own = moments();
    Values from = new Values(weights[entry], own.first[entry], own.second[entry]);
    int length = weights[entry].length;
    boolean inPlace = own.loans.isOwn(entry);
    Values to =
        new Values(
            weightLoans.isOwn(entry) ? weights[entry] : new float[length],
            inPlace ? own.first[entry] : new float[length],
            inPlace ? own.second[entry] : new float[length]);
    adam.update(from, to, gradients, gradientOffset, weightDecay);
    replace(entry, to);
  }

  private void replace(int entry, Values to) {
    Moments own = moments();
    if (to.weights() != weights[entry]) {
      weights[entry] = to.weights();
      weightLoans.replaced(entry);
    }
    if (to.first() != own.first[entry]) {
      own.first[entry] = to.first();
      own.second[entry] = to.second();
      own.loans.replaced(entry);
    }
  }

  /** Adds the weights and moments of one entry to a hash. */
  void addTo(Fingerprint fingerprint, int entry) {
    Moments own = moments();
    fingerprint.add(weights[entry]).add(own.first[entry]).add(own.second[entry]);
  }

  /** Adds those of all entries. */
  void addTo(Fingerprint fingerprint) {
    for (int entry = 0; entry < weights.length; entry++) {
      addTo(fingerprint, entry);
    }
  }

  /** A matrix that is one entry. */
  PrunableMatrix matrix(Parameter parameter, int entry) {
    return new Matrix(parameter, entry, parameter.size());
  }

  /** A matrix whose rows are all the entries. */
  PrunableMatrix matrix(Parameter parameter) {
    return new Matrix(parameter, 0, parameter.columns());
  }

  private final class Matrix implements PrunableMatrix {
    private final Parameter parameter;
    private final int from;
    private final int length;

    Matrix(Parameter parameter, int from, int length) {
      this.parameter = parameter;
      this.from = from;
      this.length = length;
    }

    @Override
    public String name() {
      return parameter.name();
    }

    @Override
    public int size() {
      return parameter.size();
    }

    @Override
    public float weight(int index) {
      return weights[from + index / length][index % length];
    }

    @Override
    public void clear(int index) {
      int entry = from + index / length;
      int at = index % length;
      Moments own = moments();
      if (isZero(weights[entry][at])
          && isZero(own.first[entry][at])
          && isZero(own.second[entry][at])) {
        return;
      }
      own(entry);
      weights[entry][at] = 0;
      own.first[entry][at] = 0;
      own.second[entry][at] = 0;
    }
  }

  /** -0 is not. */
  private static boolean isZero(float value) {
    return Float.floatToRawIntBits(value) == 0;
  }

  /** Sees to it that all arrays of an entry may be written to. */
  private void own(int entry) {
    Moments own = moments();
    boolean inPlace = own.loans.isOwn(entry);
    replace(
        entry,
        new Values(
            weightLoans.isOwn(entry) ? weights[entry] : weights[entry].clone(),
            inPlace ? own.first[entry] : own.first[entry].clone(),
            inPlace ? own.second[entry] : own.second[entry].clone()));
  }
}
