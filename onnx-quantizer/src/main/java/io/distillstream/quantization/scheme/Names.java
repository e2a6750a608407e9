package io.distillstream.quantization.scheme;

import io.distillstream.quantization.weights.WeightForm;

/** What constants are called in fewer bits: the original's name with its form. */
final class Names {
  private Names() {}

  /** A product's or a convolution's integers. */
  static String integers(Layer layer, WeightForm form) {
    String type = form.type().name().toLowerCase(java.util.Locale.ROOT);
    return "%s/%s%s".formatted(layer.name(), type, suffix(layer));
  }

  /** Tells a transposed form of a constant from a plain one that the same graph may have too. */
  static String suffix(Layer layer) {
    return layer.use() == Layer.Use.TRANSPOSED_PRODUCT ? "_transposed" : "";
  }
}
