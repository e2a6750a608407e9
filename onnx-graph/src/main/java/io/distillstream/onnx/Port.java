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
}
