package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.List;

/** The parameters but the row table in the spec's order, and where each lies in one flat array. */
public final class DenseLayout {
  private final List<Parameter> parameters;
  private final int[] offsets;

  DenseLayout(StudentSpec spec) {
    Parameter table = spec.table();
    parameters = spec.parameters().stream().filter(p -> !p.equals(table)).toList();
    offsets = new int[parameters.size() + 1];
    for (int i = 0; i < parameters.size(); i++) {
      offsets[i + 1] = Math.addExact(offsets[i], parameters.get(i).size());
    }
  }

  public List<Parameter> parameters() {
    return parameters;
  }

  int offset(int index) {
    return offsets[index];
  }

  public int length() {
    return offsets[parameters.size()];
  }

  /** Where the second, third, … parameter starts: the cuts of the flat array. */
  public long[] cuts() {
    long[] cuts = new long[parameters.size() - 1];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = offsets[i + 1];
    }
    return cuts;
  }

  /** The arrays of these parameters, in order; not copied. */
  float[][] arrays(StudentWeights weights) {
    return parameters.stream()
        .map(parameter -> weights.get(parameter.name()).values())
        .toArray(float[][]::new);
  }

  /** Tensors around these arrays and the row table's rows, which are not copied. */
  StudentWeights weights(StudentSpec spec, float[][] arrays, float[][] table) {
    return new StudentWeights(
        spec,
        parameter -> {
          int index = parameters.indexOf(parameter);
          return index < 0
              ? FloatTensor.ofRows(table)
              : new FloatTensor(parameter.shape(), arrays[index]);
        });
  }
}
