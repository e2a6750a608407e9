package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;

/** A named constant of a node, such as the axis of a Softmax. */
public record Attribute(AttributeProto proto) {

  public static Attribute integer(String name, long value) {
    return new Attribute(named(name, AttributeType.INT).setI(value).build());
  }

  public static Attribute integers(String name, long... values) {
    AttributeProto.Builder proto = named(name, AttributeType.INTS);
    for (long value : values) {
      proto.addInts(value);
    }
    return new Attribute(proto.build());
  }

  public static Attribute decimal(String name, float value) {
    return new Attribute(named(name, AttributeType.FLOAT).setF(value).build());
  }

  public static Attribute decimals(String name, float... values) {
    AttributeProto.Builder proto = named(name, AttributeType.FLOATS);
    for (float value : values) {
      proto.addFloats(value);
    }
    return new Attribute(proto.build());
  }

  public static Attribute text(String name, String value) {
    return new Attribute(
        named(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)).build());
  }

  public static Attribute tensor(String name, Tensor value) {
    return new Attribute(named(name, AttributeType.TENSOR).setT(value.proto()).build());
  }

  /** Element type to cast to, for the {@code to} of a Cast. */
  public static Attribute castTo(ElementType type) {
    return integer("to", type.code());
  }

  /** All attributes of a node. */
  public static Attribute[] allOf(NodeProto node) {
    return node.getAttributeList().stream().map(Attribute::new).toArray(Attribute[]::new);
  }

  /** The integer attribute of a node, or what the operator's definition says when it is absent. */
  public static long integerOf(NodeProto node, String name, long ifAbsent) {
    return find(node, name).map(AttributeProto::getI).orElse(ifAbsent);
  }

  /** The integers of a node's attribute; empty when it is absent. */
  public static List<Long> integersOf(NodeProto node, String name) {
    return find(node, name).map(AttributeProto::getIntsList).orElse(List.of());
  }

  /** The decimal attribute of a node, or what the operator's definition says when it is absent. */
  public static float decimalOf(NodeProto node, String name, float ifAbsent) {
    return find(node, name).map(AttributeProto::getF).orElse(ifAbsent);
  }

  /** The decimals of a node's attribute; empty when it is absent. */
  public static List<Float> decimalsOf(NodeProto node, String name) {
    return find(node, name).map(AttributeProto::getFloatsList).orElse(List.of());
  }

  /** The text attribute of a node, or what the operator's definition says when it is absent. */
  public static String textOf(NodeProto node, String name, String ifAbsent) {
    return find(node, name).map(found -> found.getS().toStringUtf8()).orElse(ifAbsent);
  }

  /** Whether a node has an attribute of that name. */
  public static boolean isPresent(NodeProto node, String name) {
    return find(node, name).isPresent();
  }

  /** The tensor attribute of a node, as a Constant has one. */
  public static Optional<Tensor> tensorOf(NodeProto node, String name) {
    return find(node, name).filter(AttributeProto::hasT).map(found -> new Tensor(found.getT()));
  }

  private static Optional<AttributeProto> find(NodeProto node, String name) {
    return node.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
  }

  private static AttributeProto.Builder named(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }
}
