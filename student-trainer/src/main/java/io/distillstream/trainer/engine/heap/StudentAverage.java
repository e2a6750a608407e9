package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.state.HeadState;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.Arrays;

/**
 * A moving average of a student's weights, an array per dense parameter and one per row of the row
 * table. Goes in and out without being copied, as {@link TrainedArrays} do: what was handed over
 * never changes, and what equals the newest weights, such as the rows of words that nobody uses, is
 * not written at all. Not thread-safe.
 */
final class StudentAverage {
  private final StudentSpec spec;
  private final DenseLayout layout;
  private final FakeQuantization quantization;
  private final Averages dense;
  private final Averages table;

  /** Starts at {@code start}, which stays as it is. */
  StudentAverage(StudentWeights start) {
    spec = start.spec();
    layout = new DenseLayout(spec);
    quantization = new FakeQuantization(spec, layout);
    dense = new Averages(layout.arrays(start));
    table = new Averages(start.tableRows());
  }

  /** Goes by this share of the way towards {@code newest}: {@code a = a + share (w - a)}. */
  void approach(StudentWeights newest, double share) {
    dense.approach(layout.arrays(newest), (float) share);
    table.approach(newest.tableRows(), (float) share);
  }

  /** The average as it is now; it never changes again. */
  StudentWeights weights() {
    return layout.weights(spec, dense.share(), table.share(), StudentWeights.NOBODY);
  }

  /** The average for a network to read; heads are in it already. */
  NetworkWeights network() {
    return new NetworkWeights(
        layout, quantization, dense.arrays, table.arrays, new HeapHeads(HeadState.NONE, spec));
  }

  void addTo(Fingerprint fingerprint) {
    dense.addTo(fingerprint);
    table.addTo(fingerprint);
  }

  /** The average with 0 for weights that are pruned. */
  static StudentWeights masked(StudentWeights average, PruningMemory pruning) {
    return new StudentWeights(
        average.spec(),
        parameter -> {
          FloatTensor scores = pruning.scores().get(parameter.name());
          return scores == null
              ? average.get(parameter.name())
              : masked(parameter, average.get(parameter.name()).values().clone(), scores.values());
        });
  }

  private static FloatTensor masked(Parameter parameter, float[] values, float[] scores) {
    for (int i = 0; i < values.length; i++) {
      if (scores[i] == PruningMemory.PRUNED) {
        values[i] = 0;
      }
    }
    return new FloatTensor(parameter.shape(), values);
  }

  private static final class Averages {
    private final float[][] arrays;
    private final boolean[] shared;

    Averages(float[][] start) {
      arrays = start.clone();
      shared = new boolean[arrays.length];
      Arrays.fill(shared, true);
    }

    float[][] share() {
      Arrays.fill(shared, true);
      return arrays.clone();
    }

    void addTo(Fingerprint fingerprint) {
      for (float[] array : arrays) {
        fingerprint.add(array);
      }
    }

    void approach(float[][] newest, float share) {
      for (int entry = 0; entry < arrays.length; entry++) {
        if (!Arrays.equals(arrays[entry], newest[entry])) {
          float[] to = shared[entry] ? new float[arrays[entry].length] : arrays[entry];
          approach(arrays[entry], newest[entry], share, to);
          arrays[entry] = to;
          shared[entry] = false;
        }
      }
    }

    private static void approach(float[] from, float[] newest, float share, float[] to) {
      for (int i = 0; i < to.length; i++) {
        to[i] = from[i] + share * (newest[i] - from[i]);
      }
    }
  }
}
