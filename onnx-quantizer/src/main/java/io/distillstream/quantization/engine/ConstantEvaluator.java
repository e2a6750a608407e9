package io.distillstream.quantization.engine;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Computes graphs that depend on no input, exactly as ONNX Runtime would each time it runs. */
public final class ConstantEvaluator {
  private ConstantEvaluator() {}

  /**
   * The outputs, bit for bit, by name. Outputs of types other than {@link ElementType}'s are left
   * out.
   *
   * @param model without inputs
   * @throws InvalidModelException if ONNX Runtime refuses it or fails on it
   */
  public static Map<String, Tensor> evaluate(OnnxModel model) {
    if (!model.inputs().isEmpty()) {
      throw new IllegalArgumentException("Expected a graph without inputs, got " + model.inputs());
    }
    try (OrtSession session = Sessions.verbatim(model);
        OrtSession.Result result = session.run(Map.of())) {
      Map<String, Tensor> values = new LinkedHashMap<>();
      for (Map.Entry<String, OnnxValue> output : result) {
        tensor(output.getKey(), output.getValue())
            .ifPresent(tensor -> values.put(output.getKey(), tensor));
      }
      return values;
    } catch (OrtException e) {
      throw Refusal.of(e);
    }
  }

  private static Optional<Tensor> tensor(String name, OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor)) {
      return Optional.empty();
    }
    return ValueTypes.elementType(tensor.getInfo().type)
        .map(
            type -> {
              // Every machine that ONNX Runtime is built for is little-endian, as the format is.
              TensorProto.Builder proto =
                  TensorProto.newBuilder()
                      .setName(name)
                      .setDataType(type.code())
                      .setRawData(ByteString.copyFrom(tensor.getByteBuffer()));
              for (long length : tensor.getInfo().getShape()) {
                proto.addDims(length);
              }
              return new Tensor(proto.build());
            });
  }
}
