package io.distillstream.quantization.data.numpy;

import io.distillstream.quantization.data.InvalidSamplesException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a NumPy array's file says before its values: magic bytes, version, length, and a Python
 * dictionary such as {@code {'descr': '<f4', 'fortran_order': False, 'shape': (60, 3)}} (NumPy
 * enhancement proposal 1; versions 1 to 3).
 *
 * @param shape at least one axis
 * @param columnMajor whether the first axis runs fastest
 */
record NpyHeader(NpyType type, ByteOrder order, boolean columnMajor, List<Long> shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER_BYTES = 1 << 20;
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=])(\\w+)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,]*)\\)");

  /** Reads up to the first value. */
  static NpyHeader read(InputStream stream, String place) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      throw new InvalidSamplesException(place + " is not a NumPy array");
    }
    int version = in.readUnsignedByte();
    in.readUnsignedByte();
    if (version < 1 || version > 3) {
      throw new InvalidSamplesException(
          "%s is of version %d of NumPy's format, expected 1 to 3".formatted(place, version));
    }
    int length =
        version == 1
            ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
            : Integer.reverseBytes(in.readInt());
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw new InvalidSamplesException(
          "%s has a header of %d bytes, expected at most %d"
              .formatted(place, Integer.toUnsignedLong(length), MAX_HEADER_BYTES));
    }
    Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    byte[] header = new byte[length];
    in.readFully(header);
    return parse(new String(header, charset), place);
  }

  private static NpyHeader parse(String header, String place) {
    Matcher type = TYPE.matcher(header);
    Matcher order = ORDER.matcher(header);
    Matcher shape = SHAPE.matcher(header);
    NpyType known = type.find() ? NpyType.of(type.group(2)).orElse(null) : null;
    if (known == null || !order.find() || !shape.find()) {
      throw new InvalidSamplesException(
          "%s: expected an array of one of %s, its header says %s"
              .formatted(
                  place,
                  Arrays.stream(NpyType.values())
                      .map(NpyType::text)
                      .collect(Collectors.joining(", ")),
                  header.strip()));
    }
    return new NpyHeader(
        known,
        type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
        order.group(1).equals("True"),
        shape(shape.group(1), place));
  }

  /** A tuple without its parentheses, such as {@code 60, 3} or {@code 60,}. */
  private static List<Long> shape(String tuple, String place) {
    List<Long> shape = new ArrayList<>();
    try {
      for (String length : tuple.split(",", -1)) {
        if (!length.isBlank()) {
          shape.add(Long.parseLong(length.strip()));
        }
      }
    } catch (NumberFormatException e) {
      throw new InvalidSamplesException("%s has the shape (%s)".formatted(place, tuple), e);
    }
    if (shape.isEmpty()) {
      throw new InvalidSamplesException(
          place + " is a single value, expected an array whose first axis is the samples");
    }
    return List.copyOf(shape);
  }
}
