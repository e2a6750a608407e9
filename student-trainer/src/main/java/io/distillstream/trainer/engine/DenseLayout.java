package io.distillstream.trainer.engine;

import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Where each parameter but the row table lies in one flat array, in the spec's order. */
final class DenseLayout {
  private final List<Parameter> parameters;
  private final int[] offsets;

  DenseLayout(StudentSpec spec) {
    Optional<Parameter> table = spec.rowTable();
    parameters = spec.parameters().stream().filter(p -> !Optional.of(p).equals(table)).toList();
    offsets = new int[parameters.size() + 1];
    for (int i = 0; i < parameters.size(); i++) {
      offsets[i + 1] = Math.addExact(offsets[i], parameters.get(i).size());
    }
  }

  List<Parameter> parameters() {
    return parameters;
  }

  int offset(int index) {
    return offsets[index];
  }

  int length() {
    return offsets[parameters.size()];
  }

  /** Where the second, third, … parameter starts: the cuts of the flat array. */
  long[] cuts() {
    long[] cuts = new long[parameters.size() - 1];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = offsets[i + 1];
    }
    return cuts;
  }

  float[] flatten(StudentWeights weights) {
    float[] flat = new float[length()];
    for (int i = 0; i < parameters.size(); i++) {
      float[] values = weights.get(parameters.get(i).name()).values();
      System.arraycopy(values, 0, flat, offsets[i], values.length);
    }
    return flat;
  }

  /** Copies both arrays into tensors. */
  StudentWeights unflatten(StudentSpec spec, float[] flat, float[] table) {
    return new StudentWeights(
        spec,
        parameter -> {
          int index = parameters.indexOf(parameter);
          float[] values =
              index < 0
                  ? table.clone()
                  : Arrays.copyOfRange(flat, offsets[index], offsets[index + 1]);
          return new Tensor(parameter.shape(), values);
        });
  }
}
