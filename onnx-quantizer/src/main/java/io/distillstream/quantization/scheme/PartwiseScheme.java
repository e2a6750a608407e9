package io.distillstream.quantization.scheme;

import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.weights.HeldWeights;
import io.distillstream.quantization.weights.WeightError;

/** A scheme that holds each of a layer's constants on its own. */
interface PartwiseScheme extends Scheme {

  /** One of the layer's constants in fewer bits. */
  HeldWeights held(Layer layer, String constant);

  @Override
  default long bytes(Layer layer) {
    return layer.constants().stream().mapToLong(part -> held(layer, part).bytes()).sum();
  }

  @Override
  default WeightError error(Layer layer) {
    return layer.constants().stream()
        .map(part -> held(layer, part).error())
        .reduce(WeightError.NONE, WeightError::and);
  }

  @Override
  default float[] restored(Layer layer) {
    return held(layer, layer.name()).restored();
  }
}
