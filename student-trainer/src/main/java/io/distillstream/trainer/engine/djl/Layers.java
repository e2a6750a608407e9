package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import io.distillstream.torch.NativeArrays;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The layers that families share, over the weights of one step. Owns nothing: a result attaches to
 * the manager of what it is made of, which is the step's or one within it.
 */
final class Layers {
  private final NDManager step;
  private final NativeArrays arrays;
  private final Map<String, NDArray> weights;
  private final NDArray rows;
  private final Set<String> quantized;
  private @Nullable NDArray shift;

  /**
   * Borrows everything it is given.
   *
   * @param arrays copies the batch's arrays
   * @param weights every dense parameter by name, attached to {@code step}
   * @param rows the batch's rows of the row table
   * @param quantized names of the matrices that take activations as 8 bits will leave them
   */
  Layers(
      NDManager step,
      NativeArrays arrays,
      Map<String, NDArray> weights,
      NDArray rows,
      Set<String> quantized) {
    this.step = step;
    this.arrays = arrays;
    this.weights = weights;
    this.rows = rows;
    this.quantized = quantized;
  }

  /**
   * The same with word vectors moved.
   *
   * @param by what is added to each of the {@link ForwardPass#vectors()}, {@code [count, width]}
   */
  Layers movedBy(@Nullable NDArray by) {
    shift = by;
    return this;
  }

  /** A vector per token, moved as it shall be. */
  NDArray moved(NDArray vectors) {
    return shift == null ? vectors : vectors.add(shift);
  }

  /** By what vectors are moved, where they are. */
  Optional<NDArray> shift() {
    return Optional.ofNullable(shift);
  }

  NDArray weight(String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalStateException("the network has no parameter " + name);
    }
    return weight;
  }

  /** The batch's rows of the row table, {@code [words, width]}. */
  NDArray rows() {
    return rows;
  }

  NDArray array(float[] values, long... shape) {
    return arrays.copy(step, values, new Shape(shape));
  }

  NDArray array(long[] values, long... shape) {
    return arrays.copy(step, values, new Shape(shape));
  }

  NDArray indices(long[] values) {
    return array(values, values.length);
  }

  /** Some rows, attached as the whole is. */
  static NDArray gather(NDArray rows, NDArray indices) {
    NDArray gathered =
        indices.getNDArrayInternal().embedding(indices, rows, SparseFormat.DENSE).get(0);
    gathered.attach(rows.getManager());
    return gathered;
  }

  NDArray linear(String name, NDArray x) {
    String matrix = name + ".weight";
    NDArray input = quantized.contains(matrix) ? QuantizedActivations.of(x) : x;
    return input.matMul(weight(matrix)).add(weight(name + ".bias"));
  }

  /** Layer norm over the last axis. */
  NDArray norm(String name, NDArray x) {
    NDArray scale = weight(name + ".scale");
    return x.getNDArrayInternal()
        .layerNorm(
            x, scale.getShape(), scale, weight(name + ".shift"), TransformerSpec.NORM_EPSILON)
        .get(0);
  }

  /** {@code W2 gelu(W1 norm(x) + b1) + b2}. */
  NDArray feedForward(String name, NDArray x) {
    NDArray inner = linear(name + ".inner", norm(name + ".norm", x));
    return linear(name + ".outer", inner.getNDArrayInternal().gelu());
  }

  /** {@code φ(x) = elu(x) + 1}. */
  static NDArray feature(NDArray x) {
    return x.getNDArrayInternal().elu(1).add(1);
  }
}
