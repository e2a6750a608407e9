package io.distillstream.quantization.rewrite;

import io.distillstream.model.quantization.ColumnQuantization;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.layer.Constants;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Layer.Use;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.weights.BlockWeights;
import io.distillstream.quantization.weights.Granularity;
import io.distillstream.quantization.weights.HalfWeights;
import io.distillstream.quantization.weights.Int8Weights;
import io.distillstream.quantization.weights.PreviousWeights;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The constants of a model in fewer bits, each quantized once, however many plans are tried. Not
 * thread-safe.
 */
public final class WeightStore {
  private final Constants constants;
  private final Map<Key, Object> quantized;

  private record Key(String constant, Object form) {}

  private record InColumns(boolean transposed, Granularity granularity, int levels) {}

  private record InChannels(Granularity granularity, int levels) {}

  private record InBlocks(boolean ofColumns, BlockWeights.Layout layout, boolean halfScales) {}

  public WeightStore(Constants constants) {
    this(constants, new HashMap<>());
  }

  private WeightStore(Constants constants, Map<Key, Object> quantized) {
    this.constants = constants;
    this.quantized = quantized;
  }

  /** The same for a model that has the same weights, yet may have other biases. */
  public WeightStore over(Constants others) {
    return new WeightStore(others, quantized);
  }

  public Constants constants() {
    return constants;
  }

  public Tensor tensor(String constant) {
    return constants.tensor(constant).orElseThrow();
  }

  /** The matrix of a product in 8 bits, as it is used, with scales by column. */
  public Int8Weights product(Layer layer, SchemeOptions options) {
    return columns(
        layer,
        options.granularity(),
        options.form().levels(),
        options.previous().of(ConstantNames.integers(layer, options.form())));
  }

  /** A table in 8 bits, with scales by column. */
  public Int8Weights table(Layer layer, SchemeOptions options) {
    return columns(
        layer,
        options.granularity(),
        ColumnQuantization.LEVELS,
        options.previous().of(ConstantNames.table(layer)));
  }

  private Int8Weights columns(
      Layer layer, Granularity granularity, int levels, PreviousWeights.Held before) {
    boolean transposed = layer.use() == Use.TRANSPOSED_PRODUCT;
    return once(
        new Key(layer.name(), new InColumns(transposed, granularity, levels)),
        Int8Weights.class,
        () ->
            Int8Weights.of(
                constants.matrix(layer),
                Int8Weights.Shape.columns(layer.rows(), layer.columns()),
                granularity,
                levels,
                before));
  }

  /**
   * A constant in 8 bits whose first axes are channels.
   *
   * @param channels how many
   */
  public Int8Weights channels(String constant, int channels, Granularity granularity, int levels) {
    return once(
        new Key(constant, new InChannels(granularity, levels)),
        Int8Weights.class,
        () -> {
          float[] values = tensor(constant).floats();
          Int8Weights.Shape shape = Int8Weights.Shape.first(channels, values.length / channels);
          return Int8Weights.of(values, shape, granularity, levels);
        });
  }

  /** The columns of a product's matrix in blocks. */
  public BlockWeights columnBlocks(Layer layer, int size, int bits) {
    BlockWeights.Layout layout = new BlockWeights.Layout(layer.columns(), layer.rows(), size, bits);
    return once(
        new Key(layer.name(), new InBlocks(true, layout, false)),
        BlockWeights.class,
        () -> BlockWeights.of(columns(layer), layout, false));
  }

  /** The matrix of a product by column, {@code [columns, rows]}. */
  private float[] columns(Layer layer) {
    float[] values = tensor(layer.name()).floats();
    return layer.use() == Use.TRANSPOSED_PRODUCT
        ? values
        : Constants.transposed(values, layer.rows(), layer.columns());
  }

  /** A constant of vectors one after the other in blocks. */
  public BlockWeights rowBlocks(String constant, BlockWeights.Layout layout, boolean halfScales) {
    return once(
        new Key(constant, new InBlocks(false, layout, halfScales)),
        BlockWeights.class,
        () -> BlockWeights.of(tensor(constant).floats(), layout, halfScales));
  }

  /** A constant in fp16. */
  public HalfWeights half(String constant) {
    return once(
        new Key(constant, HalfWeights.class),
        HalfWeights.class,
        () -> HalfWeights.of(tensor(constant).floats()));
  }

  /** Writes a constant in fp16 unless that was done before; answers its name. */
  public String writeHalf(String constant, RewrittenGraph out) {
    return out.constant(
        constant + "/fp16", name -> half(constant).tensor(name, tensor(constant).shape()));
  }

  private <T> T once(Key key, Class<T> type, Supplier<T> make) {
    Object found = quantized.get(key);
    if (found == null) {
      try {
        found = make.get();
      } catch (IllegalArgumentException e) {
        throw new InvalidModelException(
            "%s cannot be quantized: %s".formatted(key.constant(), e.getMessage()), e);
      }
      quantized.put(key, found);
    }
    return type.cast(found);
  }
}
