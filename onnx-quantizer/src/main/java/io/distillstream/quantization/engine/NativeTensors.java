package io.distillstream.quantization.engine;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.distillstream.foundation.Binary16;
import io.distillstream.onnx.InvalidModelException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** Copies values between the Java heap and ONNX Runtime's tensors. */
final class NativeTensors {
  private NativeTensors() {}

  /** A native tensor of the type that the model takes; the caller closes it. */
  static OnnxTensor of(
      OrtEnvironment environment, TensorValue value, OnnxJavaType type, String input)
      throws OrtException {
    long[] shape = value.shape();
    boolean wantsFloats = isFloat(type);
    if (value.size() > 0 && wantsFloats != value.isFloat()) {
      throw new InvalidModelException(
          "Input %s takes %s, the sample gives %s".formatted(input, type, value));
    }
    return switch (type) {
      case FLOAT -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(value.floats()), shape);
      case DOUBLE -> {
        double[] doubles = new double[value.size()];
        for (int i = 0; i < doubles.length; i++) {
          doubles[i] = value.floats()[i];
        }
        yield OnnxTensor.createTensor(environment, DoubleBuffer.wrap(doubles), shape);
      }
      case FLOAT16 -> {
        ByteBuffer bytes = direct(value.size() * Short.BYTES);
        ShortBuffer halves = bytes.asShortBuffer();
        for (float number : value.floats()) {
          halves.put(Binary16.fromFloat(number));
        }
        yield OnnxTensor.createTensor(environment, bytes, shape, type);
      }
      case INT64 -> OnnxTensor.createTensor(environment, LongBuffer.wrap(value.longs()), shape);
      case INT32 -> {
        int[] ints = new int[value.size()];
        for (int i = 0; i < ints.length; i++) {
          ints[i] = Math.toIntExact(value.longs()[i]);
        }
        yield OnnxTensor.createTensor(environment, IntBuffer.wrap(ints), shape);
      }
      case INT8, UINT8, BOOL -> {
        ByteBuffer bytes = direct(value.size());
        for (long number : value.longs()) {
          bytes.put((byte) number);
        }
        yield OnnxTensor.createTensor(environment, bytes.rewind(), shape, type);
      }
      case INT16, BFLOAT16, STRING, UNKNOWN ->
          throw new InvalidModelException(
              "Input %s takes %s, which is not supported".formatted(input, type));
    };
  }

  /** What a buffer holds, without a copy where it is an array already. */
  private static float[] array(FloatBuffer buffer) {
    if (buffer.hasArray() && buffer.array().length == buffer.remaining()) {
      return buffer.array();
    }
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }

  /** A copy of what a model gave. */
  static TensorValue copy(OnnxValue value, String output) throws OrtException {
    if (!(value instanceof OnnxTensor tensor)) {
      throw new InvalidModelException(
          "Output %s is not a tensor; sequences and maps are not supported".formatted(output));
    }
    long[] shape = tensor.getInfo().getShape();
    OnnxJavaType type = tensor.getInfo().type;
    return switch (type) {
      // Half-width floats come widened.
      case FLOAT, FLOAT16, BFLOAT16 -> TensorValue.of(array(tensor.getFloatBuffer()), shape);
      case DOUBLE -> {
        DoubleBuffer buffer = tensor.getDoubleBuffer();
        float[] floats = new float[buffer.remaining()];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) buffer.get(i);
        }
        yield TensorValue.of(floats, shape);
      }
      case INT64 -> {
        LongBuffer buffer = tensor.getLongBuffer();
        long[] longs = new long[buffer.remaining()];
        buffer.get(longs);
        yield TensorValue.of(longs, shape);
      }
      case INT32 -> {
        IntBuffer buffer = tensor.getIntBuffer();
        long[] longs = new long[buffer.remaining()];
        for (int i = 0; i < longs.length; i++) {
          longs[i] = buffer.get(i);
        }
        yield TensorValue.of(longs, shape);
      }
      case INT8, UINT8, BOOL -> {
        ByteBuffer buffer = tensor.getByteBuffer();
        long[] longs = new long[buffer.remaining()];
        for (int i = 0; i < longs.length; i++) {
          longs[i] = type == OnnxJavaType.INT8 ? buffer.get(i) : buffer.get(i) & 0xFF;
        }
        yield TensorValue.of(longs, shape);
      }
      case INT16, STRING, UNKNOWN ->
          throw new InvalidModelException(
              "Output %s is of type %s, which is not supported".formatted(output, type));
    };
  }

  private static boolean isFloat(OnnxJavaType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> true;
      case INT8, INT16, INT32, INT64, UINT8, BOOL, STRING, UNKNOWN -> false;
    };
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
