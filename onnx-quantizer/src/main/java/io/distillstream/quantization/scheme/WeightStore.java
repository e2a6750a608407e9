package io.distillstream.quantization.scheme;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.weights.Granularity;
import io.distillstream.quantization.weights.Int8Weights;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The constants of a model in fewer bits, each quantized once, however many plans are tried. Not
 * thread-safe.
 */
final class WeightStore {
  private final Constants constants;
  private final Map<Key, Object> quantized = new HashMap<>();

  private record Key(String constant, Object form) {}

  private record Columns(boolean transposed, Granularity granularity, int levels) {}

  WeightStore(Constants constants) {
    this.constants = constants;
  }

  /** The values of a constant, row-major. */
  float[] floats(String constant) {
    return tensor(constant).floats();
  }

  Tensor tensor(String constant) {
    return constants.tensor(constant).orElseThrow();
  }

  /** The matrix of a product as it is used, {@code [rows, columns]}. */
  float[] matrix(Layer layer) {
    float[] values = floats(layer.name());
    return layer.use() == Layer.Use.TRANSPOSED_PRODUCT
        ? Constants.transposed(values, /* rows= */ layer.columns(), /* columns= */ layer.rows())
        : values;
  }

  /** The matrix of a product or a table in 8 bits, as it is used, with scales by column. */
  Int8Weights columns(Layer layer, Granularity granularity, int levels) {
    Int8Weights.Shape shape = Int8Weights.Shape.columns(layer.rows(), layer.columns());
    return once(
        layer.name(),
        new Columns(layer.use() == Layer.Use.TRANSPOSED_PRODUCT, granularity, levels),
        Int8Weights.class,
        name -> Int8Weights.of(matrix(layer), shape, granularity, levels));
  }

  /** What is made of a constant, at most once for each form. */
  <T> T once(String constant, Object form, Class<T> type, Function<String, T> make) {
    Key key = new Key(constant, form);
    Object found = quantized.get(key);
    if (found == null) {
      try {
        found = make.apply(constant);
      } catch (IllegalArgumentException e) {
        throw new InvalidModelException(
            "%s cannot be quantized: %s".formatted(constant, e.getMessage()), e);
      }
      quantized.put(key, found);
    }
    return type.cast(found);
  }
}
