package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.List;

/** The parameters but the row table in the spec's order, each with an array of its own. */
public final class DenseLayout {
  private final List<Parameter> parameters;

  DenseLayout(StudentSpec spec) {
    Parameter table = spec.table();
    parameters = spec.parameters().stream().filter(p -> !p.equals(table)).toList();
  }

  public List<Parameter> parameters() {
    return parameters;
  }

  /** The arrays of these parameters, in order; not copied. */
  float[][] arrays(StudentWeights weights) {
    return parameters.stream()
        .map(parameter -> weights.get(parameter.name()).values())
        .toArray(float[][]::new);
  }

  /**
   * Tensors around these arrays and the row table's rows, which are not copied.
   *
   * @param owner of the arrays, see {@link StudentWeights}
   */
  StudentWeights weights(StudentSpec spec, float[][] arrays, float[][] table, Runnable owner) {
    return new StudentWeights(
        spec,
        parameter -> {
          int index = parameters.indexOf(parameter);
          return index < 0
              ? FloatTensor.ofRows(table)
              : new FloatTensor(parameter.shape(), arrays[index]);
        },
        owner);
  }
}
