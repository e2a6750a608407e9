package io.distillstream.model.safetensors;

import com.grack.nanojson.JsonStringWriter;
import com.grack.nanojson.JsonWriter;
import io.distillstream.foundation.Binary16;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Writes a safetensors file. Tensors are added by reference, not copied, and encoded through a
 * small buffer while writing: the arrays must not change until then. What is not in memory is asked
 * for when its turn comes. Equal content gives equal bytes.
 */
public final class SafetensorsWriter {
  private static final int BUFFER_ELEMENTS = 1 << 13;
  private static final int HEADER_ALIGNMENT = 8;

  private interface ElementWriter {
    void write(OutputStream out) throws IOException;
  }

  private interface PartWriter {
    /** Puts the elements from {@code from} up to {@code to}. */
    void write(int from, int to, ByteBuffer buffer);
  }

  private interface OneByOne {
    void write(int index, ByteBuffer buffer);
  }

  private final Map<String, String> metadata = new TreeMap<>();
  private final Map<String, TensorInfo> infos = new LinkedHashMap<>();
  private final List<ElementWriter> entries = new ArrayList<>();
  private long end;

  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  public SafetensorsWriter metadata(Map<String, String> pairs) {
    metadata.putAll(pairs);
    return this;
  }

  /** Adds {@code values} as F32. */
  public SafetensorsWriter floats(String name, float[] values, long... shape) {
    return add(name, TensorType.F32, values.length, floats(values), shape);
  }

  /**
   * Adds F32 values that are asked for when they are written and not kept.
   *
   * @param pieces which follow each other
   */
  public SafetensorsWriter floats(String name, Supplier<float[][]> pieces, long... shape) {
    TensorInfo info = add(name, TensorType.F32, shape);
    entries.add(out -> write(info, pieces.get(), out));
    return this;
  }

  private static void write(TensorInfo info, float[][] pieces, OutputStream out)
      throws IOException {
    long elements = 0;
    for (float[] piece : pieces) {
      inParts(piece.length, floats(piece)).write(out);
      elements += piece.length;
    }
    requireElements(info, elements);
  }

  private static PartWriter floats(float[] values) {
    return (from, to, buffer) -> {
      buffer.asFloatBuffer().put(values, from, to - from);
      ((Buffer) buffer).position((to - from) * Float.BYTES);
    };
  }

  /** Adds {@code values} as F16, rounded to nearest. */
  public SafetensorsWriter halves(String name, float[] values, long... shape) {
    return add(
        name,
        TensorType.F16,
        values.length,
        oneByOne((i, buffer) -> buffer.putShort(Binary16.fromFloat(values[i]))),
        shape);
  }

  /** Adds {@code values} as I64. */
  public SafetensorsWriter longs(String name, long[] values, long... shape) {
    return add(
        name,
        TensorType.I64,
        values.length,
        oneByOne((i, buffer) -> buffer.putLong(values[i])),
        shape);
  }

  /** Adds {@code values} as I32. */
  public SafetensorsWriter ints(String name, int[] values, long... shape) {
    return add(
        name,
        TensorType.I32,
        values.length,
        oneByOne((i, buffer) -> buffer.putInt(values[i])),
        shape);
  }

  /** Adds {@code values} as U8 or I8. */
  public SafetensorsWriter bytes(String name, TensorType type, byte[] values, long... shape) {
    if (type.bytes() != 1) {
      throw new IllegalArgumentException(
          String.format("Expected U8 or I8 for %s, got %s", name, type));
    }
    return add(name, type, values.length, oneByOne((i, buffer) -> buffer.put(values[i])), shape);
  }

  private static PartWriter oneByOne(OneByOne element) {
    return (from, to, buffer) -> {
      for (int i = from; i < to; i++) {
        element.write(i, buffer);
      }
    };
  }

  private SafetensorsWriter add(
      String name, TensorType type, int length, PartWriter elements, long... shape) {
    requireElements(add(name, type, shape), length);
    entries.add(inParts(length, elements));
    return this;
  }

  private TensorInfo add(String name, TensorType type, long... shape) {
    if (name.equals(SafetensorsHeader.METADATA) || infos.containsKey(name)) {
      throw new IllegalArgumentException(String.format("Tensor name %s is taken", name));
    }
    TensorInfo info =
        new TensorInfo(name, type, LongStream.of(shape).boxed().collect(Collectors.toList()), end);
    infos.put(name, info);
    end += info.bytes();
    return info;
  }

  private static void requireElements(TensorInfo info, long elements) {
    if (info.elements() != elements) {
      throw new IllegalArgumentException(
          String.format(
              "Tensor %s of shape %s takes %d elements, got %d",
              info.name(), info.shape(), info.elements(), elements));
    }
  }

  /** Creates or replaces {@code file}. */
  public void write(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      write(out);
    }
  }

  /** Writes the whole file to {@code out}, which the caller closes. */
  public void write(OutputStream out) throws IOException {
    OutputStream buffered = new BufferedOutputStream(out);
    byte[] header = header();
    buffered.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array());
    buffered.write(header);
    for (ElementWriter entry : entries) {
      entry.write(buffered);
    }
    buffered.flush();
  }

  private static ElementWriter inParts(int elements, PartWriter part) {
    return out -> {
      ByteBuffer buffer =
          ByteBuffer.allocate(Math.min(elements, BUFFER_ELEMENTS) * Long.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      for (int from = 0; from < elements; from += BUFFER_ELEMENTS) {
        int to = Math.min(elements, from + BUFFER_ELEMENTS);
        ((Buffer) buffer).clear();
        part.write(from, to, buffer);
        out.write(buffer.array(), 0, buffer.position());
      }
    };
  }

  /** The JSON header, padded with blanks so that the tensors start at a multiple of 8 bytes. */
  private byte[] header() {
    JsonStringWriter root = JsonWriter.string().object();
    if (!metadata.isEmpty()) {
      root.object(SafetensorsHeader.METADATA, metadata);
    }
    for (TensorInfo info : infos.values()) {
      root.object(info.name())
          .value("dtype", info.type().name())
          .array("shape", info.shape())
          .array("data_offsets", List.of(info.offset(), info.offset() + info.bytes()))
          .end();
    }
    byte[] json = root.end().done().getBytes(StandardCharsets.UTF_8);
    int padding = Math.floorMod(-json.length, HEADER_ALIGNMENT);
    byte[] padded = Arrays.copyOf(json, json.length + padding);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }
}
