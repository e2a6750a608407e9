package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;

/** A named input or output of a whole graph, with its type and shape. */
public record Port(String name, ElementType type, List<Dimension> shape) {
  public Port {
    if (name.isBlank()) {
      throw new IllegalArgumentException("A graph input or output needs a name");
    }
    shape = List.copyOf(shape);
  }

  ValueInfoProto toProto() {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    shape.forEach(dimension -> dims.addDim(dimension.toProto()));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.code()).setShape(dims)))
        .build();
  }

  static Port fromProto(ValueInfoProto proto) {
    requireType(proto);
    if (!proto.getType().hasTensorType()) {
      throw new InvalidModelException(
          "%s is not a tensor; sequences and maps are not supported".formatted(proto.getName()));
    }
    TypeProto.Tensor tensor = proto.getType().getTensorType();
    return new Port(
        proto.getName(),
        ElementType.ofCode(tensor.getElemType(), proto.getName()),
        tensor.getShape().getDimList().stream().map(Dimension::fromProto).toList());
  }

  /** Refuses an input or output of which the file does not say what it is. */
  static void requireType(ValueInfoProto proto) {
    if (proto.getType().getValueCase() == TypeProto.ValueCase.VALUE_NOT_SET) {
      throw new InvalidModelException(
          "The graph does not say of what type its input or output %s is; export it with an element type and a shape"
              .formatted(proto.getName()));
    }
  }
}
