package io.distillstream.tap.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes with some stretches replaced. Replacements are told in the order in which they lie. */
final class Splice {

  private final byte[] source;
  private final ByteArrayOutputStream result;
  private int copied;

  Splice(byte[] source) {
    this.source = source;
    this.result = new ByteArrayOutputStream(source.length);
  }

  void replace(int from, int to, String text) {
    if (from < copied || to < from) {
      throw new IllegalArgumentException(
          "Bytes %d to %d do not follow %d".formatted(from, to, copied));
    }
    result.write(source, copied, from - copied);
    result.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    copied = to;
  }

  /** All of it; the splice is of no use afterwards. */
  byte[] bytes() {
    result.write(source, copied, source.length - copied);
    return result.toByteArray();
  }
}
