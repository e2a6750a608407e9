package io.distillstream.quantization.data.numpy;

import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InputTensor;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.Labels;
import io.distillstream.quantization.engine.TensorValue;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An open NumPy array, read sample by sample along its first axis. Owns the stream. */
final class NpyArray implements Closeable {
  private static final int MAX_SAMPLE_BYTES = 1 << 30;

  private final InputStream in;
  private final String place;
  private final NpyHeader header;

  /** Axes of one sample. */
  private final long[] shape;

  private final int values;
  private long read;

  private NpyArray(InputStream in, String place, NpyHeader header, long[] shape, int values) {
    this.in = in;
    this.place = place;
    this.header = header;
    this.shape = shape;
    this.values = values;
  }

  /**
   * Reads the header, and all values where the first axis runs fastest.
   *
   * @param in given over: closed here if it is not an array
   */
  static NpyArray open(InputStream in, String place) throws IOException {
    try {
      NpyHeader header = NpyHeader.read(in, place);
      long[] shape = header.shape().stream().skip(1).mapToLong(Long::longValue).toArray();
      int values = values(shape, header, place);
      // With one axis both orders are the same.
      return header.columnMajor() && shape.length > 0
          ? new NpyArray(
              ColumnMajor.transposed(in, header, values, place), place, header, shape, values)
          : new NpyArray(in, place, header, shape, values);
    } catch (EOFException e) {
      in.close();
      throw new InvalidSamplesException(place + " ends within its header", e);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static int values(long[] shape, NpyHeader header, String place) {
    try {
      long values = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      if (values <= MAX_SAMPLE_BYTES / header.type().bytes()) {
        return (int) values;
      }
    } catch (ArithmeticException e) {
      // Too large, as below.
    }
    throw new InvalidSamplesException(
        "%s has the shape %s: one sample of it would take more than %d bytes"
            .formatted(place, header.shape(), MAX_SAMPLE_BYTES));
  }

  /** Length of the first axis. */
  long samples() {
    return header.shape().get(0);
  }

  /** The next sample, for this input; whole numbers are widened where it takes fractions. */
  TensorValue next(Port input) throws IOException {
    ByteBuffer bytes = next();
    String sample = "%s[%d]".formatted(place, read - 1);
    if (InputTensor.takesFloats(input)) {
      float[] floats = new float[values];
      for (int i = 0; i < values; i++) {
        floats[i] = header.type().readFloat(bytes);
      }
      return InputTensor.of(input, floats, shape, sample);
    }
    if (header.type().isFloat()) {
      throw new InvalidSamplesException(
          "%s: input %s takes %s, the array holds %s"
              .formatted(place, input.name(), input.type(), header.type().text()));
    }
    long[] longs = new long[values];
    for (int i = 0; i < values; i++) {
      longs[i] = header.type().readLong(bytes);
    }
    return InputTensor.of(input, longs, shape, sample);
  }

  /** The next sample as a class. */
  int nextLabel(Labels labels) throws IOException {
    if (header.type().isFloat() || values != 1) {
      throw new InvalidSamplesException(
          "%s: expected one whole number per sample, got %s of shape %s"
              .formatted(place, header.type().text(), header.shape()));
    }
    return labels.index(header.type().readLong(next()), "%s[%d]".formatted(place, read - 1));
  }

  private ByteBuffer next() throws IOException {
    byte[] bytes = in.readNBytes(values * header.type().bytes());
    if (bytes.length < values * header.type().bytes()) {
      throw new InvalidSamplesException(
          "%s ends within sample %d of %d".formatted(place, read, samples()));
    }
    read++;
    return ByteBuffer.wrap(bytes).order(header.order());
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
