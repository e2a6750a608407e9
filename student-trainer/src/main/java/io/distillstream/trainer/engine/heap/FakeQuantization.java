package io.distillstream.trainer.engine.heap;

import io.distillstream.model.quantization.ColumnQuantization;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What 8 bits will leave of a student: its matrices and row table with one scale per column, and
 * the activations that meet a matrix with one scale and zero point for all of them, as ONNX's
 * DynamicQuantizeLinear has it.
 *
 * <p>Which layers stay as they are is decided over all that the quantizer finds in the exported
 * graph.
 *
 * <p>The forward pass computes with what is left, the gradient takes rounding for the identity and
 * moves the weights as they are: the straight-through estimator. Bengio, Léonard, Courville, <a
 * href="https://arxiv.org/abs/1308.3432">Estimating or Propagating Gradients Through Stochastic
 * Neurons</a>, 2013; Jacob et al., <a href="https://arxiv.org/abs/1712.05877">Quantization and
 * Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference</a>, 2018.
 */
final class FakeQuantization {
  private static final String PRODUCT = ".weight";

  /** Place of each matrix in the layout. */
  private final Map<Parameter, Integer> products = new LinkedHashMap<>();

  private final boolean table;

  FakeQuantization(StudentSpec spec, DenseLayout layout) {
    Map<Parameter, Integer> matrices = new LinkedHashMap<>();
    for (int i = 0; i < layout.parameters().size(); i++) {
      Parameter parameter = layout.parameters().get(i);
      if (parameter.name().endsWith(PRODUCT) && parameter.isMatrix()) {
        matrices.put(parameter, i);
      }
    }
    long worthIt =
        ColumnQuantization.minSavedBytes(
            Stream.concat(matrices.keySet().stream(), Stream.of(spec.table()))
                .mapToLong(FakeQuantization::savedBytes));
    matrices.forEach(
        (parameter, index) -> {
          if (savedBytes(parameter) >= worthIt) {
            products.put(parameter, index);
          }
        });
    table = savedBytes(spec.table()) >= worthIt;
  }

  private static long savedBytes(Parameter matrix) {
    return ColumnQuantization.savedBytes(matrix.rows(), matrix.columns());
  }

  /** Names of the matrices whose products take 8-bit activations. */
  Set<String> products() {
    Set<String> names = new HashSet<>();
    products.keySet().forEach(parameter -> names.add(parameter.name()));
    return names;
  }

  /** What is left of all dense parameters, an array for each of the layout. */
  float[][] dense(float[][] weights) {
    float[][] left = weights.clone();
    products.forEach(
        (parameter, index) -> {
          float[] matrix = weights[index].clone();
          round(matrix, ColumnQuantization.scales(matrix, 0, matrix.length, parameter.columns()));
          left[index] = matrix;
        });
    return left;
  }

  /**
   * Leaves of some rows of the table, {@code [words, width]}, what 8 bits do, in place.
   *
   * @param weights rows of the whole table, which decides the scales
   */
  void round(float[] rows, float[][] weights) {
    if (table) {
      round(rows, ColumnQuantization.scales(weights));
    }
  }

  private static void round(float[] weights, float[] scales) {
    for (int start = 0; start < weights.length; start += scales.length) {
      for (int c = 0; c < scales.length; c++) {
        weights[start + c] = ColumnQuantization.rounded(weights[start + c], scales[c]);
      }
    }
  }
}
