package io.distillstream.quantization.scheme;

import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.weights.ScaleRange;
import io.distillstream.quantization.weights.ScaledWeights;
import io.distillstream.quantization.weights.WeightError;
import java.util.Optional;

/** A scheme that holds a layer in one constant and its scales. */
interface HeldScheme extends Scheme {

  /** The layer's weights in fewer bits. */
  ScaledWeights held(Layer layer);

  @Override
  default long bytes(Layer layer) {
    return held(layer).bytes();
  }

  @Override
  default WeightError error(Layer layer) {
    return held(layer).error();
  }

  @Override
  default Optional<ScaleRange> scales(Layer layer) {
    return Optional.of(ScaleRange.of(held(layer).scales()));
  }

  @Override
  default float[] restored(Layer layer) {
    return held(layer).restored();
  }
}
