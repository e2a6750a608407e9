package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.distillstream.foundation.Binary16;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A constant of a graph: name, element type, dimensions and values in row-major order. An empty
 * list of dimensions means a scalar. Immutable.
 *
 * <p>Tensors made here keep their values as little-endian raw data, the compact form; tensors read
 * from a file may also hold them in the typed fields of the format.
 */
public record Tensor(TensorProto proto) {
  public Tensor {
    if (proto.getDataLocation() == DataLocation.EXTERNAL) {
      throw new InvalidModelException(
          "Tensor %s keeps its values in another file; only self-contained models are supported"
              .formatted(proto.getName()));
    }
  }

  public static Tensor float32(String name, float[] values, long... dims) {
    ByteBuffer raw = littleEndian(values.length, Float.BYTES);
    raw.asFloatBuffer().put(values);
    return of(name, ElementType.FLOAT32, raw, values.length, dims);
  }

  public static Tensor int64(String name, long[] values, long... dims) {
    ByteBuffer raw = littleEndian(values.length, Long.BYTES);
    raw.asLongBuffer().put(values);
    return of(name, ElementType.INT64, raw, values.length, dims);
  }

  public static Tensor int32(String name, int[] values, long... dims) {
    ByteBuffer raw = littleEndian(values.length, Integer.BYTES);
    raw.asIntBuffer().put(values);
    return of(name, ElementType.INT32, raw, values.length, dims);
  }

  public static Tensor int8(String name, byte[] values, long... dims) {
    return of(name, ElementType.INT8, ByteBuffer.wrap(values.clone()), values.length, dims);
  }

  /** The bytes are read as 0…255. */
  public static Tensor uint8(String name, byte[] values, long... dims) {
    return of(name, ElementType.UINT8, ByteBuffer.wrap(values.clone()), values.length, dims);
  }

  /** The values are IEEE 754 binary16. */
  public static Tensor float16(String name, short[] halves, long... dims) {
    ByteBuffer raw = littleEndian(halves.length, Short.BYTES);
    raw.asShortBuffer().put(halves);
    return of(name, ElementType.FLOAT16, raw, halves.length, dims);
  }

  public static Tensor scalar(String name, float value) {
    return float32(name, new float[] {value});
  }

  public static Tensor scalar(String name, long value) {
    return int64(name, new long[] {value});
  }

  private static Tensor of(
      String name, ElementType type, ByteBuffer raw, int elements, long[] dims) {
    long expected = TensorCheck.elements(name, Arrays.stream(dims).boxed().toList());
    if (expected != elements) {
      throw new IllegalArgumentException(
          "Tensor %s: dimensions %s hold %d values, got %d"
              .formatted(name, Arrays.toString(dims), expected, elements));
    }
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.code())
            .setRawData(UnsafeByteOperations.unsafeWrap(raw));
    for (long dim : dims) {
      proto.addDims(dim);
    }
    return new Tensor(proto.build());
  }

  public String name() {
    return proto.getName();
  }

  public ElementType type() {
    return ElementType.ofCode(proto.getDataType(), name());
  }

  public List<Long> dims() {
    return proto.getDimsList();
  }

  /** The dimensions as the factories of this class take them. */
  public long[] shape() {
    return dims().stream().mapToLong(Long::longValue).toArray();
  }

  /** Number of values; 1 for a scalar. */
  public int elements() {
    return Math.toIntExact(TensorCheck.elements(name(), dims()));
  }

  /** The same values under another name. */
  public Tensor renamed(String name) {
    return new Tensor(proto.toBuilder().setName(name).build());
  }

  /** Values of a FLOAT32, FLOAT64 or FLOAT16 tensor. */
  public float[] floats() {
    ElementType type = type();
    float[] values = new float[elements()];
    if (!proto.getRawData().isEmpty()) {
      ByteBuffer raw = raw(type);
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (type) {
              case FLOAT32 -> raw.getFloat();
              case FLOAT64 -> (float) raw.getDouble();
              case FLOAT16 -> Binary16.toFloat(raw.getShort());
              case UINT8, INT8, INT32, INT64, BOOL -> throw notOf("floating-point values", type);
            };
      }
      return values;
    }
    expectTyped(
        switch (type) {
          case FLOAT32 -> proto.getFloatDataCount();
          case FLOAT64 -> proto.getDoubleDataCount();
          case FLOAT16 -> proto.getInt32DataCount();
          case UINT8, INT8, INT32, INT64, BOOL -> throw notOf("floating-point values", type);
        });
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case FLOAT32 -> proto.getFloatData(i);
            case FLOAT64 -> (float) proto.getDoubleData(i);
            default -> Binary16.toFloat((short) proto.getInt32Data(i));
          };
    }
    return values;
  }

  /** Values of an integer or BOOL tensor; UINT8 as 0…255, BOOL as 0 or 1. */
  public long[] longs() {
    ElementType type = type();
    long[] values = new long[elements()];
    if (!proto.getRawData().isEmpty()) {
      ByteBuffer raw = raw(type);
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (type) {
              case INT64 -> raw.getLong();
              case INT32 -> raw.getInt();
              case INT8 -> raw.get();
              case UINT8, BOOL -> Byte.toUnsignedLong(raw.get());
              case FLOAT16, FLOAT32, FLOAT64 -> throw notOf("integers", type);
            };
      }
      return values;
    }
    expectTyped(
        switch (type) {
          case INT64 -> proto.getInt64DataCount();
          case INT32, INT8, UINT8, BOOL -> proto.getInt32DataCount();
          case FLOAT16, FLOAT32, FLOAT64 -> throw notOf("integers", type);
        });
    for (int i = 0; i < values.length; i++) {
      values[i] = type == ElementType.INT64 ? proto.getInt64Data(i) : proto.getInt32Data(i);
    }
    return values;
  }

  private ByteBuffer raw(ElementType type) {
    ByteString raw = proto.getRawData();
    long expected = (long) elements() * type.bytes();
    if (raw.size() != expected) {
      throw new InvalidModelException(
          "Tensor %s: %s %s needs %d bytes, has %d"
              .formatted(name(), type, dims(), expected, raw.size()));
    }
    return raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private void expectTyped(int count) {
    if (count != elements()) {
      throw new InvalidModelException(
          "Tensor %s: %s %s needs %d values, has %d"
              .formatted(name(), type(), dims(), elements(), count));
    }
  }

  private IllegalStateException notOf(String wanted, ElementType type) {
    return new IllegalStateException(
        "Tensor %s holds %s, asked for %s".formatted(name(), type, wanted));
  }

  private static ByteBuffer littleEndian(int elements, int bytes) {
    return ByteBuffer.allocate(Math.multiplyExact(elements, bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The head of the tensor, without its values. */
  @Override
  public String toString() {
    return "Tensor[%s %s %s]".formatted(name(), type(), dims());
  }
}
