package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.PrunableMatrix;
import io.distillstream.trainer.state.AdamW;
import io.distillstream.trainer.state.AdamW.Values;

/**
 * Arrays of weights, each with both of its moments, that are handed over without being copied.
 *
 * <p>{@link #share} gives away the very arrays in use, and from then on nothing writes to them: the
 * next update of an entry reads the shared arrays and writes to new ones, which it does in the same
 * pass, and later updates work in place again. So a handed-over array never changes, an entry that
 * is not updated is never copied, and handing over costs a few pointers. Not thread-safe itself;
 * arrays that were shared may be read by any thread.
 */
final class TrainedArrays {
  private final float[][] weights;
  private final float[][] first;
  private final float[][] second;

  /**
   * When the arrays of an entry became this object's own; they are shared if before {@link #now}.
   */
  private final int[] owned;

  private int now = 1;

  /** Starts with arrays that belong to others and stays off them. */
  TrainedArrays(Shared start) {
    weights = start.weights.clone();
    first = start.first.clone();
    second = start.second.clone();
    owned = new int[weights.length];
  }

  /** The arrays of all entries at one moment, to be read only. */
  @SuppressWarnings("ArrayRecordComponent")
  record Shared(float[][] weights, float[][] first, float[][] second) {
    Shared {
      if (first.length != weights.length || second.length != weights.length) {
        throw new IllegalArgumentException(
            "expected as many moments as %d weights, got %d and %d"
                .formatted(weights.length, first.length, second.length));
      }
    }
  }

  /** Hands over the arrays as they are now. */
  Shared share() {
    now++;
    return new Shared(weights.clone(), first.clone(), second.clone());
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
    for (float moment : second[entry]) {
      if (moment > 0) {
        return true;
      }
    }
    return false;
  }

  /** Updates one entry with the gradients from {@code gradientOffset} on. */
  void update(int entry, AdamW adam, float[] gradients, int gradientOffset, double weightDecay) {
    Values from = values(entry);
    if (owned[entry] == now) {
      adam.update(from, from, gradients, gradientOffset, weightDecay);
      return;
    }
    int length = weights[entry].length;
    Values to = new Values(new float[length], new float[length], new float[length]);
    adam.update(from, to, gradients, gradientOffset, weightDecay);
    own(entry, to);
  }

  /** Adds the weights and moments of one entry to a hash. */
  void addTo(Fingerprint fingerprint, int entry) {
    fingerprint.add(weights[entry]).add(first[entry]).add(second[entry]);
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
      if (isZero(weights[entry][at]) && isZero(first[entry][at]) && isZero(second[entry][at])) {
        return;
      }
      own(entry);
      weights[entry][at] = 0;
      first[entry][at] = 0;
      second[entry][at] = 0;
    }
  }

  /** -0 is not. */
  private static boolean isZero(float value) {
    return Float.floatToRawIntBits(value) == 0;
  }

  private void own(int entry) {
    if (owned[entry] != now) {
      Values shared = values(entry);
      own(
          entry,
          new Values(shared.weights().clone(), shared.first().clone(), shared.second().clone()));
    }
  }

  private Values values(int entry) {
    return new Values(weights[entry], first[entry], second[entry]);
  }

  private void own(int entry, Values values) {
    weights[entry] = values.weights();
    first[entry] = values.first();
    second[entry] = values.second();
    owned[entry] = now;
  }
}
