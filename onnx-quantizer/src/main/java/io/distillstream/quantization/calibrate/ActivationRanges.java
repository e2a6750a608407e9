package io.distillstream.quantization.calibrate;

import java.util.Map;
import java.util.Optional;

/**
 * What calibration found out about activations.
 *
 * @param byTensor by the value's name in the graph
 */
public record ActivationRanges(Map<String, Range> byTensor) {
  public ActivationRanges {
    byTensor = Map.copyOf(byTensor);
  }

  /** The range of that value, if it was watched. */
  public Optional<Range> of(String tensor) {
    return Optional.ofNullable(byTensor.get(tensor));
  }
}
