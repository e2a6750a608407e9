package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.distillstream.torch.NativeArrays;
import io.distillstream.trainer.engine.heap.NetworkWeights;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.objective.Head;
import io.distillstream.trainer.objective.Outputs;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network over some texts: any number of forward passes, in native arrays that end with it.
 * Gradients of all of them add up. Borrows everything it is given but its manager.
 */
final class NetworkTexts implements AutoCloseable {
  private final NDManager manager;
  private final NativeArrays arrays;
  private final ForwardPass pass;
  private final NetworkWeights weights;
  private final TrainingHeads heads;

  /** The texts' rows of the row table; on the heap and beside it. */
  private final float[] rowValues;

  private final NDArray rows;
  private final Layers layers;

  /**
   * @param manager closed with this
   * @param parts every parameter but the row table by name
   * @param gradients whether passes leave gradients by the rows
   */
  NetworkTexts(
      NDManager manager,
      NativeArrays arrays,
      ForwardPass pass,
      NetworkWeights weights,
      Map<String, NDArray> parts,
      boolean quantized,
      boolean gradients) {
    this.manager = manager;
    this.arrays = arrays;
    this.pass = pass;
    this.weights = weights;
    heads = weights.heads().heads();
    int[] words = pass.words();
    rowValues = quantized ? weights.quantizedRows(words) : weights.rows(words);
    rows = arrays.copy(manager, rowValues, new Shape(words.length, weights.tableWidth()));
    rows.setRequiresGradient(gradients);
    layers =
        new Layers(
            manager, arrays, parts, rows, quantized ? weights.quantizedProducts() : Set.of());
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
    return arrays.copy(manager, values, new Shape(pass.vectors().count(), weights.tableWidth()));
  }

  /** A forward pass, with the word vectors moved where there is a shift. */
  Run run(@Nullable NDArray shift) {
    return new Run(layers.movedBy(shift));
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
          NDArray term = output.mul(arrays.copy(manager, gradient, output.getShape())).sum();
          sum = sum == null ? term : sum.add(term);
        }
      }
      if (sum == null) {
        throw new IllegalStateException("a loss without gradients");
      }
      return sum;
    }
  }

  /** Gradient by the texts' rows of the row table, {@code [words, width]}. */
  float[] rowsGradient() {
    return rows.getGradient().toFloatArray();
  }

  @Override
  public void close() {
    manager.close();
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
