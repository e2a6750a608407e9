package io.distillstream.model.safetensors;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.foundation.Binary16;
import io.distillstream.model.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Reads a safetensors file: named tensors and string metadata behind a JSON header. Only the header
 * is read on opening; a tensor is read when asked for, through a small buffer, so a file may be
 * larger than the heap.
 *
 * <p>Owns its file until closed. Not safe for use by several threads.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
public final class Safetensors implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Opens the content at a byte offset, counted from the end of the header. */
  private interface Content {
    ReadableByteChannel at(long offset) throws IOException;
  }

  private final String source;
  private final Content content;
  private final Closeable owned;
  private final Map<String, String> metadata;
  private final Map<String, TensorInfo> tensors;

  private Safetensors(String source, SafetensorsHeader header, Content content, Closeable owned) {
    this.source = source;
    this.content = content;
    this.owned = owned;
    this.metadata = Collections.unmodifiableMap(header.metadata());
    this.tensors = Collections.unmodifiableMap(header.tensors());
  }

  /**
   * Opens {@code file} and checks its header against its size.
   *
   * @throws ModelFormatException if it is not a complete safetensors file
   */
  @MustBeClosed
  public static Safetensors open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file);
    try {
      SafetensorsHeader header = SafetensorsHeader.read(file.toString(), channel, channel.size());
      long start = header.end();
      return new Safetensors(
          file.toString(), header, offset -> channel.position(start + offset), channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Reads all of {@code in} into memory, for small files such as class path resources; the caller
   * closes the stream.
   *
   * @param source names the file in messages
   * @throws ModelFormatException if it is not a complete safetensors file
   */
  public static Safetensors read(String source, InputStream in) throws IOException {
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    byte[] piece = new byte[BUFFER_BYTES];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      copy.write(piece, 0, read);
    }
    byte[] file = copy.toByteArray();
    SafetensorsHeader header =
        SafetensorsHeader.read(
            source, Channels.newChannel(new ByteArrayInputStream(file)), file.length);
    int start = header.end();
    Content content =
        offset -> {
          int from = Math.toIntExact(start + offset);
          return Channels.newChannel(new ByteArrayInputStream(file, from, file.length - from));
        };
    return new Safetensors(source, header, content, () -> {});
  }

  /** Free string pairs, sorted by key. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * The value of one metadata key.
   *
   * @throws ModelFormatException if the file has no such key
   */
  public String metadata(String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new ModelFormatException(String.format("%s: metadata key %s is missing", source, key));
    }
    return value;
  }

  /** All tensors by name, in file order. */
  public Map<String, TensorInfo> tensors() {
    return tensors;
  }

  /**
   * Type and shape of one tensor.
   *
   * @throws ModelFormatException if the file has no such tensor
   */
  public TensorInfo tensor(String name) {
    TensorInfo info = tensors.get(name);
    if (info == null) {
      throw new ModelFormatException(
          String.format("%s: tensor %s is missing, there are %s", source, name, tensors.keySet()));
    }
    return info;
  }

  /** An F32 tensor, or an F16 one widened, row-major. */
  public float[] floats(String name) throws IOException {
    TensorInfo info = find(name, TensorType.F32, TensorType.F16);
    float[] values = new float[length(info)];
    if (info.type() == TensorType.F32) {
      read(
          info,
          (buffer, first) -> {
            int count = buffer.remaining() / Float.BYTES;
            buffer.asFloatBuffer().get(values, first, count);
            ((Buffer) buffer).position(buffer.limit());
            return count;
          });
    } else {
      readEach(info, (buffer, i) -> values[i] = Binary16.toFloat(buffer.getShort()));
    }
    return values;
  }

  /** An I64 tensor, row-major. */
  public long[] longs(String name) throws IOException {
    TensorInfo info = find(name, TensorType.I64);
    long[] values = new long[length(info)];
    readEach(info, (buffer, i) -> values[i] = buffer.getLong());
    return values;
  }

  /** An I32 tensor, row-major. */
  public int[] ints(String name) throws IOException {
    TensorInfo info = find(name, TensorType.I32);
    int[] values = new int[length(info)];
    readEach(info, (buffer, i) -> values[i] = buffer.getInt());
    return values;
  }

  /** A U8 or I8 tensor, row-major. */
  public byte[] bytes(String name) throws IOException {
    TensorInfo info = find(name, TensorType.U8, TensorType.I8);
    byte[] values = new byte[length(info)];
    readEach(info, (buffer, i) -> values[i] = buffer.get());
    return values;
  }

  @Override
  public void close() throws IOException {
    owned.close();
  }

  private TensorInfo find(String name, TensorType... accepted) {
    TensorInfo info = tensor(name);
    if (!List.of(accepted).contains(info.type())) {
      throw new ModelFormatException(
          String.format(
              "%s: expected tensor %s to be of type %s, got %s",
              source, name, List.of(accepted), info.type()));
    }
    return info;
  }

  private int length(TensorInfo info) {
    if (info.elements() > Integer.MAX_VALUE - 8) {
      throw new ModelFormatException(
          String.format(
              "%s: tensor %s of %d elements is too large for an array",
              source, info.name(), info.elements()));
    }
    return (int) info.elements();
  }

  private interface ElementReader {
    void read(ByteBuffer buffer, int index);
  }

  private interface ElementsReader {
    /** Takes all that the buffer holds as the elements from {@code first} on; says how many. */
    int read(ByteBuffer buffer, int first);
  }

  private void readEach(TensorInfo info, ElementReader element) throws IOException {
    read(
        info,
        (buffer, first) -> {
          int i = first;
          while (buffer.hasRemaining()) {
            element.read(buffer, i++);
          }
          return i - first;
        });
  }

  private void read(TensorInfo info, ElementsReader elements) throws IOException {
    ReadableByteChannel channel = content.at(info.offset());
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long left = info.bytes();
    for (int i = 0; left > 0; ) {
      ((Buffer) buffer).clear();
      ((Buffer) buffer).limit((int) Math.min(BUFFER_BYTES, left));
      SafetensorsHeader.readFully(channel, buffer);
      ((Buffer) buffer).flip();
      left -= buffer.remaining();
      i += elements.read(buffer, i);
    }
  }
}
