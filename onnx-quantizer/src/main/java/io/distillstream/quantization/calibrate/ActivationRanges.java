package io.distillstream.quantization.calibrate;

import io.distillstream.quantization.calibrate.distribution.Range;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What calibration found: the range that each watched tensor needs. Every range holds 0, since
 * padding, masks and rectifiers need it exact; one that does not is widened.
 *
 * @param byTensor range by the tensor's name in the graph
 */
public record ActivationRanges(Map<String, Range> byTensor) {
  public ActivationRanges {
    Map<String, Range> widened = new LinkedHashMap<>();
    byTensor.forEach((tensor, range) -> widened.put(tensor, range.withZero()));
    byTensor = Map.copyOf(widened);
  }

  /** The range of a tensor, unless it was not watched. */
  public Optional<Range> of(String tensor) {
    return Optional.ofNullable(byTensor.get(tensor));
  }
}
