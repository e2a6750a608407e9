package io.distillstream.quantization.rewrite;

import io.distillstream.onnx.ElementType;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.weights.WeightForm;
import java.util.Locale;

/** What constants are called in fewer bits: the original's name with its form. */
public final class ConstantNames {
  private ConstantNames() {}

  /** A product's or a convolution's integers. */
  public static String integers(Layer layer, WeightForm form) {
    return "%s/%s%s".formatted(layer.name(), of(form.type()), suffix(layer));
  }

  /** The integers of a table whose rows are looked up. */
  public static String table(Layer layer) {
    return layer.name() + "/" + of(ElementType.INT8);
  }

  /** What an element type is called in names. */
  public static String of(ElementType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /** Tells a transposed form of a constant from a plain one that the same graph may have too. */
  public static String suffix(Layer layer) {
    return layer.use() == Layer.Use.TRANSPOSED_PRODUCT ? "_transposed" : "";
  }
}
