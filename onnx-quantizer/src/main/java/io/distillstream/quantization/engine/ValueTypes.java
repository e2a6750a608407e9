package io.distillstream.quantization.engine;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Element types and shapes of all values of a graph, as ONNX Runtime infers them. */
public final class ValueTypes {
  private static final int MAX_KEPT_ELEMENTS = 64;

  private ValueTypes() {}

  /**
   * By name; graph inputs and all results of nodes whose type is one of {@link ElementType}.
   *
   * @throws InvalidModelException if ONNX Runtime refuses the model
   */
  public static Map<String, ValueType> of(OnnxModel model) {
    OnnxModel exposed = ExposedValues.all(model);
    try {
      return infer(withoutWeights(exposed));
    } catch (InvalidModelException e) {
      // Some operators want their weights to be constants, and a real fault is told of the model.
      return infer(exposed);
    }
  }

  private static Map<String, ValueType> infer(OnnxModel model) {
    try (OrtSession session = Sessions.verbatim(model)) {
      Map<String, ValueType> types = new HashMap<>();
      addAll(session.getInputInfo(), types);
      addAll(session.getOutputInfo(), types);
      return types;
    } catch (OrtException e) {
      throw Refusal.of(e);
    }
  }

  /** Shapes follow from small integer constants only; the others may as well be inputs. */
  private static OnnxModel withoutWeights(OnnxModel model) {
    GraphProto.Builder graph = model.proto().getGraph().toBuilder().clearInitializer().clearInput();
    model.proto().getGraph().getInputList().stream()
        .filter(input -> model.initializer(input.getName()).isEmpty())
        .forEach(graph::addInput);
    for (String name : model.initializerNames()) {
      Tensor tensor = model.initializer(name).orElseThrow();
      if (tensor.elements() > MAX_KEPT_ELEMENTS) {
        graph.addInput(
            ValueInfoProto.newBuilder()
                .setName(name)
                .setType(
                    TypeProto.newBuilder()
                        .setTensorType(
                            TypeProto.Tensor.newBuilder()
                                .setElemType(tensor.proto().getDataType())
                                .setShape(shape(tensor)))));
      } else {
        graph.addInitializer(tensor.proto());
      }
    }
    return OnnxModel.of(model.proto().toBuilder().setGraph(graph).build());
  }

  private static TensorShapeProto shape(Tensor tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    tensor.dims().forEach(dim -> shape.addDim(Dimension.of(dim).toProto()));
    return shape.build();
  }

  private static void addAll(Map<String, NodeInfo> values, Map<String, ValueType> types) {
    values.forEach(
        (name, node) -> {
          if (node.getInfo() instanceof TensorInfo tensor) {
            elementType(tensor.type)
                .ifPresent(type -> types.put(name, new ValueType(type, shape(tensor))));
          }
        });
  }

  /** ONNX Runtime answers no axes both for a scalar and where it knows nothing. */
  private static Optional<List<Dimension>> shape(TensorInfo tensor) {
    long[] lengths = tensor.getShape();
    String[] names = tensor.getDimensionNames();
    List<Dimension> dims = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      dims.add(
          lengths[i] >= 0
              ? Dimension.of(lengths[i])
              : Dimension.of(names[i].isBlank() ? Dimension.UNNAMED : names[i]));
    }
    return Optional.of(dims).filter(axes -> !axes.isEmpty());
  }

  static Optional<ElementType> elementType(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> Optional.of(ElementType.FLOAT32);
      case DOUBLE -> Optional.of(ElementType.FLOAT64);
      case FLOAT16 -> Optional.of(ElementType.FLOAT16);
      case INT8 -> Optional.of(ElementType.INT8);
      case UINT8 -> Optional.of(ElementType.UINT8);
      case INT32 -> Optional.of(ElementType.INT32);
      case INT64 -> Optional.of(ElementType.INT64);
      case BOOL -> Optional.of(ElementType.BOOL);
      case INT16, BFLOAT16, STRING, UNKNOWN -> Optional.empty();
    };
  }
}
