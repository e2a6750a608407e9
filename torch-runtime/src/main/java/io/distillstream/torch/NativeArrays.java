package io.distillstream.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Copies heap arrays into native arrays that own their memory.
 *
 * <p>The engine's own {@code create} wraps a direct buffer without copying: the native array, and
 * every view of it, then dangles as soon as the garbage collector frees the buffer. So the wrapper
 * is duplicated natively and dropped while this object still holds the buffer, and one buffer
 * serves all copies. Not thread-safe.
 */
public final class NativeArrays {
  private ByteBuffer staging = ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.nativeOrder());

  /** A native fp32 copy attached to {@code manager}. */
  public NDArray copy(NDManager manager, float[] values, Shape shape) {
    ByteBuffer buffer = staging(values.length * (long) Float.BYTES);
    buffer.asFloatBuffer().put(values);
    return duplicate(manager, buffer, shape, DataType.FLOAT32);
  }

  /** A native int64 copy attached to {@code manager}. */
  public NDArray copy(NDManager manager, long[] values, Shape shape) {
    ByteBuffer buffer = staging(values.length * (long) Long.BYTES);
    buffer.asLongBuffer().put(values);
    return duplicate(manager, buffer, shape, DataType.INT64);
  }

  private static NDArray duplicate(
      NDManager manager, ByteBuffer buffer, Shape shape, DataType type) {
    try (NDArray view = manager.create(buffer, shape, type)) {
      return view.duplicate();
    }
  }

  /** What a native fp32 array holds, copied to the heap. */
  public static void read(NDArray array, float[] to) {
    // A buffer of the native memory itself: to be read while the array is open.
    array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer().get(to);
  }

  private ByteBuffer staging(long bytes) {
    if (staging.capacity() < bytes) {
      staging = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }
    staging.clear().limit((int) bytes);
    return staging;
  }
}
