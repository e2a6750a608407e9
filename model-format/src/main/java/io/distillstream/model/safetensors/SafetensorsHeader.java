package io.distillstream.model.safetensors;

import com.google.errorprone.annotations.FormatMethod;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import io.distillstream.model.ModelFormatException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON header of a {@link Safetensors} file, checked: the tensors follow each other without a
 * gap and end where the file ends.
 *
 * @param bytes length of the JSON text, after the eight bytes that hold it
 */
record SafetensorsHeader(int bytes, Map<String, String> metadata, Map<String, TensorInfo> tensors) {
  static final String METADATA = "__metadata__";

  private static final long MAX_BYTES = 100_000_000;

  /** Where the tensors start in the file. */
  int end() {
    return Long.BYTES + bytes;
  }

  static SafetensorsHeader read(String source, ReadableByteChannel channel, long fileBytes)
      throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (fileBytes < Long.BYTES) {
      throw new ModelFormatException(
          String.format("%s: not a safetensors file, it has only %d bytes", source, fileBytes));
    }
    readFully(channel, length);
    long headerBytes = length.getLong(0);
    if (headerBytes < 2 || headerBytes > Math.min(MAX_BYTES, fileBytes - Long.BYTES)) {
      throw new ModelFormatException(
          String.format(
              "%s: not a safetensors file, its header would have %d bytes", source, headerBytes));
    }
    ByteBuffer header = ByteBuffer.allocate((int) headerBytes);
    readFully(channel, header);
    try {
      return parse((int) headerBytes, Json.object(header.array()), fileBytes);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelFormatException(
          String.format("%s: damaged safetensors header: %s", source, e.getMessage()), e);
    }
  }

  private static SafetensorsHeader parse(int headerBytes, JsonFields root, long fileBytes) {
    Map<String, String> metadata = new TreeMap<>();
    List<TensorInfo> infos = new ArrayList<>();
    for (String name : root.names()) {
      JsonFields fields = root.object(name);
      if (name.equals(METADATA)) {
        fields.names().forEach(key -> metadata.put(key, fields.scalar(key)));
      } else {
        infos.add(tensor(name, fields));
      }
    }
    infos.sort(Comparator.comparingLong(TensorInfo::offset).thenComparing(TensorInfo::bytes));
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    long end = 0;
    for (TensorInfo info : infos) {
      check(
          info.offset() == end,
          "tensor %s starts at %d, not at %d",
          info.name(),
          info.offset(),
          end);
      end = Math.addExact(end, info.bytes());
      tensors.put(info.name(), info);
    }
    long present = fileBytes - Long.BYTES - headerBytes;
    check(end == present, "it announces %d bytes of tensors, %d follow", end, present);
    return new SafetensorsHeader(headerBytes, metadata, tensors);
  }

  private static TensorInfo tensor(String name, JsonFields fields) {
    List<Long> shape = fields.wholeNumbers("shape", 0, Long.MAX_VALUE);
    List<Long> offsets = fields.wholeNumbers("data_offsets", 0, Long.MAX_VALUE);
    check(offsets.size() == 2, "tensor %s has %d data_offsets, not 2", name, offsets.size());
    long begin = offsets.get(0);
    long end = offsets.get(1);
    TensorInfo info = new TensorInfo(name, TensorType.valueOf(fields.text("dtype")), shape, begin);
    check(
        end - begin == info.bytes(),
        "tensor %s of %s %s spans %d bytes",
        name,
        info.type(),
        shape,
        end - begin);
    return info;
  }

  @FormatMethod
  private static void check(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(message, arguments));
    }
  }

  static void readFully(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException(String.format("The file ends %d bytes early", buffer.remaining()));
      }
    }
  }
}
