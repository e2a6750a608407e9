package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.TensorShapeProto;

/** One axis of a graph input or output: a number, or a name for what is known only when it runs. */
public sealed interface Dimension {
  /** Stands for open axes without a name; two of them need not be equally long. */
  String UNNAMED = "?";

  /** An axis of always the same length. */
  record Fixed(long length) implements Dimension {
    public Fixed {
      if (length < 0) {
        throw new IllegalArgumentException("A length must not be negative, was " + length);
      }
    }
  }

  /** An axis whose length each call brings; equal names mean equal lengths. */
  record Symbolic(String name) implements Dimension {
    public Symbolic {
      if (name.isBlank()) {
        throw new IllegalArgumentException("A symbolic dimension needs a name");
      }
    }
  }

  static Dimension of(long length) {
    return new Fixed(length);
  }

  static Dimension of(String name) {
    return new Symbolic(name);
  }

  /** As the file holds it. */
  default TensorShapeProto.Dimension toProto() {
    TensorShapeProto.Dimension.Builder proto = TensorShapeProto.Dimension.newBuilder();
    if (this instanceof Fixed fixed) {
      proto.setDimValue(fixed.length());
    } else if (this instanceof Symbolic symbolic) {
      proto.setDimParam(symbolic.name());
    }
    return proto.build();
  }

  /**
   * An axis that the file leaves open becomes the symbol {@link #UNNAMED}: it says nothing of it,
   * or a negative length, as PaddlePaddle's exporter does.
   */
  static Dimension fromProto(TensorShapeProto.Dimension proto) {
    if (proto.hasDimValue() && proto.getDimValue() >= 0) {
      return of(proto.getDimValue());
    }
    return of(proto.getDimParam().isBlank() ? UNNAMED : proto.getDimParam());
  }
}
