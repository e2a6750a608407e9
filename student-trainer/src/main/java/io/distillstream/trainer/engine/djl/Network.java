package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.distillstream.trainer.engine.heap.NetworkWeights;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.objective.Head;
import io.distillstream.trainer.objective.Outputs;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A student over one batch, in native arrays that end with the step: copies of its weights, of
 * which gradients are taken, and any number of forward passes. Gradients of all of them add up.
 * Borrows everything it is given.
 */
final class Network {
  private final NDManager step;
  private final NativeArrays arrays;
  private final ForwardPass pass;
  private final NetworkWeights weights;
  private final TrainingHeads heads;
  private final boolean quantized;

  /** The dense parameters by name, in the layout's order. */
  private final Map<String, NDArray> dense = new LinkedHashMap<>();

  /** The batch's rows of the row table; on the heap and beside it. */
  private final float[] rowValues;

  private final NDArray rows;

  /** The heads' parameters by name. */
  private final Map<String, NDArray> headLeaves = new LinkedHashMap<>();

  /**
   * @param quantized whether weights and activations are what 8 bits will leave of them
   */
  Network(
      NDManager step,
      NativeArrays arrays,
      ForwardPass pass,
      NetworkWeights weights,
      boolean quantized) {
    this.step = step;
    this.arrays = arrays;
    this.pass = pass;
    this.weights = weights;
    this.heads = weights.heads().heads();
    this.quantized = quantized;
    float[][] denseValues = quantized ? weights.quantizedDense() : weights.dense();
    List<Parameter> parameters = weights.layout().parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      dense.put(parameter.name(), arrays.copy(step, denseValues[i], shape(parameter)));
    }
    for (Parameter parameter : weights.heads().parameters()) {
      headLeaves.put(
          parameter.name(),
          arrays.copy(step, weights.heads().weights(parameter), shape(parameter)));
    }
    int[] words = pass.words();
    rowValues = quantized ? weights.quantizedRows(words) : weights.rows(words);
    rows = arrays.copy(step, rowValues, new Shape(words.length, weights.tableWidth()));
  }

  private static Shape shape(Parameter parameter) {
    return parameter.isMatrix()
        ? new Shape(parameter.rows(), parameter.columns())
        : new Shape(parameter.columns());
  }

  /** Has every pass from here on leave gradients by the weights. */
  void requireGradients() {
    dense.values().forEach(parameter -> parameter.setRequiresGradient(true));
    headLeaves.values().forEach(head -> head.setRequiresGradient(true));
    rows.setRequiresGradient(true);
  }

  /** A shift of the word vectors that leaves them where they are, of which a gradient is taken. */
  NDArray noShift() {
    NDArray shift = shift(new float[pass.vectors().count() * weights.tableWidth()]);
    shift.setRequiresGradient(true);
    return shift;
  }

  /** The shift of the word vectors along a gradient, {@code [vectors, width]}. */
  NDArray shift(float[] gradient, Consistency consistency) {
    WordVectors texts = pass.vectors();
    int width = weights.tableWidth();
    float[] vectors = texts.gather(rowValues, width);
    float[] shift = new float[vectors.length];
    for (int text = 0; text < texts.ends().length; text++) {
      consistency.shift(
          vectors, gradient, shift, texts.start(text) * width, texts.ends()[text] * width);
    }
    return shift(shift);
  }

  private NDArray shift(float[] values) {
    return arrays.copy(step, values, new Shape(pass.vectors().count(), weights.tableWidth()));
  }

  /** A forward pass, with the word vectors moved where there is a shift. */
  Run run(@Nullable NDArray shift) {
    return new Run(layers().movedBy(shift));
  }

  /** One forward pass. */
  final class Run {
    /** By name, the classifier's first. */
    private final Map<String, NDArray> outputs = new LinkedHashMap<>();

    private Run(Layers layers) {
      NDArray hidden = pass.hidden(layers);
      outputs.put(StudentSpec.CLASSIFIER, layers.linear(StudentSpec.CLASSIFIER, hidden));
      for (Head head : heads.heads()) {
        outputs.put(head.name(), layers.linear(head.name(), hidden));
      }
    }

    Outputs outputs() {
      Map<String, float[][]> matrices = new LinkedHashMap<>();
      outputs.forEach((name, output) -> matrices.put(name, matrix(output)));
      return new Outputs(matrices);
    }

    /** What has these gradients with respect to the outputs. */
    NDArray surrogate(Map<String, float[]> gradients) {
      NDArray sum = null;
      for (Map.Entry<String, NDArray> named : outputs.entrySet()) {
        float[] gradient = gradients.get(named.getKey());
        if (gradient != null) {
          NDArray output = named.getValue();
          NDArray term = output.mul(arrays.copy(step, gradient, output.getShape())).sum();
          sum = sum == null ? term : sum.add(term);
        }
      }
      if (sum == null) {
        throw new IllegalStateException("a loss without gradients");
      }
      return sum;
    }
  }

  /**
   * Reads the gradients of all dense parameters, 0 where the loss does not depend on one.
   *
   * @param to an array per parameter of the layout
   */
  void readDenseGradients(float[][] to) {
    int i = 0;
    for (NDArray parameter : dense.values()) {
      NDArray gradient = parameter.getGradient();
      if (gradient == null) {
        Arrays.fill(to[i], 0);
      } else {
        NativeArrays.read(gradient, to[i]);
        gradient.close();
      }
      i++;
    }
  }

  float[] rowsGradient() {
    return rows.getGradient().toFloatArray();
  }

  Map<String, float[]> headGradients() {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    headLeaves.forEach((name, head) -> gradients.put(name, head.getGradient().toFloatArray()));
    return gradients;
  }

  private Layers layers() {
    Map<String, NDArray> parts = new HashMap<>(dense);
    parts.putAll(headLeaves);
    return new Layers(
        step, arrays, parts, rows, quantized ? weights.quantizedProducts() : Set.of());
  }

  private static float[][] matrix(NDArray array) {
    float[] flat = array.toFloatArray();
    int columns = (int) array.getShape().get(1);
    float[][] rows = new float[flat.length / columns][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(flat, row * columns, (row + 1) * columns);
    }
    return rows;
  }
}
