package io.distillstream.quantization.data.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InputTensor;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.engine.TensorValue;
import java.util.ArrayList;
import java.util.List;

/** Reads nested JSON arrays of numbers as one tensor. */
final class JsonTensor {
  private final Port input;
  private final String place;
  private final long[] shape;
  private final float[] floats;
  private final long[] longs;
  private int next;

  private JsonTensor(Port input, JsonNode root, String place) {
    this.input = input;
    this.place = place;
    shape = shapeOf(root);
    int size = 1;
    for (long length : shape) {
      size = Math.multiplyExact(size, Math.toIntExact(length));
    }
    boolean takesFloats = InputTensor.takesFloats(input);
    floats = new float[takesFloats ? size : 0];
    longs = new long[takesFloats ? 0 : size];
  }

  static TensorValue read(Port input, JsonNode root, String place) {
    JsonTensor tensor = new JsonTensor(input, root, place);
    tensor.collect(root, 0);
    return InputTensor.takesFloats(input)
        ? InputTensor.of(input, tensor.floats, tensor.shape, place)
        : InputTensor.of(input, tensor.longs, tensor.shape, place);
  }

  /** Lengths along the first elements; {@link #collect} finds where others differ. */
  private static long[] shapeOf(JsonNode root) {
    List<Integer> lengths = new ArrayList<>();
    for (JsonNode node = root; node != null && node.isArray(); node = node.get(0)) {
      lengths.add(node.size());
    }
    return lengths.stream().mapToLong(Integer::longValue).toArray();
  }

  private void collect(JsonNode node, int depth) {
    if (depth == shape.length) {
      add(node);
      return;
    }
    if (!node.isArray() || node.size() != shape[depth]) {
      throw new InvalidSamplesException(
          "%s: input %s is ragged: axis %d has %d elements and then %s"
              .formatted(
                  place,
                  input.name(),
                  depth,
                  shape[depth],
                  node.isArray() ? node.size() : "a single value"));
    }
    for (JsonNode element : node) {
      collect(element, depth + 1);
    }
  }

  private void add(JsonNode node) {
    if (InputTensor.takesFloats(input)) {
      if (!node.isNumber()) {
        throw expected("a number", node);
      }
      floats[next++] = node.floatValue();
    } else if (node.isBoolean() && input.type() == ElementType.BOOL) {
      longs[next++] = node.booleanValue() ? 1 : 0;
    } else {
      if (!node.isIntegralNumber() || !node.canConvertToLong()) {
        throw expected("a whole number", node);
      }
      longs[next++] = node.longValue();
    }
  }

  private InvalidSamplesException expected(String what, JsonNode node) {
    return new InvalidSamplesException(
        "%s: input %s takes %s, expected %s, got %s"
            .formatted(place, input.name(), input.type(), what, node));
  }
}
