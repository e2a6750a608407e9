package io.distillstream.quantization.scheme;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@link GraphQuantizer} for the one scheme that needs no samples. */
public final class DynamicInt8 {
  /** What artifacts and manifests call this scheme. */
  public static final String SCHEME = Precision.INT8_DYNAMIC.text();

  private final GraphQuantizer quantizer;

  /**
   * Finds what can be quantized.
   *
   * @throws InvalidModelException if the model's operator set is older than 11
   */
  public DynamicInt8(OnnxModel model) {
    this(model, SchemeOptions.DEFAULTS.minSavedBytes());
  }

  /** The same, leaving alone matrices that would save less than this. */
  DynamicInt8(OnnxModel model, long minSavedBytes) {
    if (model.opset() < DynamicProducts.MIN_OPSET) {
      throw new InvalidModelException(
          "Dynamic quantization needs operator set %d or newer, the model uses %d"
              .formatted(DynamicProducts.MIN_OPSET, model.opset()));
    }
    quantizer =
        new GraphQuantizer(
            model,
            new ActivationRanges(Map.of()),
            SchemeOptions.DEFAULTS.withMinSavedBytes(minSavedBytes));
  }

  /** What can be quantized, in the order in which the graph uses it. */
  public List<Layer> layers() {
    return quantizer.layers();
  }

  /**
   * The model with its matrices in 8 bits. Metadata, inputs and outputs stay the same.
   *
   * @param excluded names of constants that stay fp32
   * @throws InvalidModelException if a weight is not finite
   */
  public OnnxModel quantize(Set<String> excluded) {
    Map<String, Precision> chosen = new HashMap<>(quantizer.plan(Precision.INT8_DYNAMIC).layers());
    chosen.keySet().removeAll(excluded);
    return quantizer.apply(new PrecisionPlan(chosen));
  }
}
