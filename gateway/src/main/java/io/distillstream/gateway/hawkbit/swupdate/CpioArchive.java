package io.distillstream.gateway.hawkbit.swupdate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A cpio archive of regular files in the format {@code newc}, without any time or owner: equal
 * files are equal archives. Written in order; the content of a large file may be left out and sent
 * in its place.
 */
final class CpioArchive {

  private static final String MAGIC = "070701";
  private static final String TRAILER = "TRAILER!!!";
  private static final int REGULAR_FILE = 0100644;

  /** The format has 32 bits for it. */
  private static final long LARGEST = 0xffff_ffffL;

  private static final int ALIGNMENT = 4;
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int number;
  private long written;

  /** Adds a file. */
  void add(String name, byte[] content) {
    begin(name, content.length);
    write(content);
    align(ALIGNMENT);
  }

  /**
   * Adds a file whose content is not written here.
   *
   * @return what was written until now; what follows goes behind the content
   */
  byte[] addWithoutContent(String name, long size) {
    begin(name, size);
    byte[] before = taken();
    written += size;
    align(ALIGNMENT);
    return before;
  }

  /** Ends it, and returns what was written since the last content was left out. */
  byte[] end() {
    number = -1;
    begin(TRAILER, 0);
    align(BLOCK);
    return taken();
  }

  private void begin(String name, long size) {
    if (size > LARGEST) {
      throw new IllegalArgumentException(
          "A file has at most %d bytes, %s has %d".formatted(LARGEST, name, size));
    }
    number++;
    byte[] path = (name + '\0').getBytes(StandardCharsets.US_ASCII);
    StringBuilder header = new StringBuilder(MAGIC);
    long[] fields = {
      number, number == 0 ? 0 : REGULAR_FILE, 0, 0, 1, 0, size, 0, 0, 0, 0, path.length, 0
    };
    for (long field : fields) {
      header.append(String.format(Locale.ROOT, "%08X", field));
    }
    write(header.toString().getBytes(StandardCharsets.US_ASCII));
    write(path);
    align(ALIGNMENT);
  }

  private void align(int boundary) {
    write(new byte[(int) Math.floorMod(-written, (long) boundary)]);
  }

  private void write(byte[] content) {
    bytes.writeBytes(content);
    written += content.length;
  }

  private byte[] taken() {
    byte[] taken = bytes.toByteArray();
    bytes.reset();
    return taken;
  }
}
