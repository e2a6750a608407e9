package io.distillstream.quantization.engine;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import java.util.HashMap;
import java.util.Map;

/** How large the values of a graph are for one sample, inputs and results of nodes. */
public final class ValueSizes {
  private ValueSizes() {}

  /**
   * Bytes by name. The model runs once, with every result kept until the end.
   *
   * @throws InvalidModelException if ONNX Runtime refuses the model or fails on the sample
   */
  public static Map<String, Long> of(OnnxModel model, Sample sample) {
    Map<String, ValueType> types = ValueTypes.of(model);
    OnnxModel exposed = ExposedValues.of(model, types::containsKey);
    Map<String, Long> sizes = new HashMap<>();
    try (OnnxRuntimeModel loaded = OnnxRuntimeModel.load(exposed)) {
      loaded.run(sample).forEach((name, value) -> sizes.put(name, bytes(types, name, value)));
    }
    sample.inputs().forEach((name, value) -> sizes.put(name, bytes(types, name, value)));
    return sizes;
  }

  private static long bytes(Map<String, ValueType> types, String name, TensorValue value) {
    ValueType type = types.get(name);
    return type == null ? 0 : (long) value.size() * type.element().bytes();
  }
}
