package io.distillstream.delta;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * The first {@value #BYTES} bytes of a delta, numbers big-endian: magic, format version (1 byte),
 * codec (1 byte), SHA-256 of the old and of the new file (32 bytes each), length of the new file (8
 * bytes).
 *
 * @param codec of what follows
 * @param fromSha256 of the file it is applied to, lower-case hexadecimal
 * @param toSha256 of the file it makes, lower-case hexadecimal
 * @param resultBytes length of the file it makes
 */
record DeltaHeader(DeltaCodec codec, String fromSha256, String toSha256, long resultBytes) {
  /** "DSMD". */
  static final int MAGIC = 0x44534d44;

  static final int VERSION = 1;
  static final int BYTES = 4 + 1 + 1 + 32 + 32 + 8;

  private static final int DIGEST_BYTES = 32;

  public DeltaHeader {
    requireDigest(fromSha256);
    requireDigest(toSha256);
    if (resultBytes < 0) {
      throw new IllegalArgumentException("A file has at least 0 bytes, was " + resultBytes);
    }
  }

  private static void requireDigest(String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "A SHA-256 has 64 lower-case hexadecimal digits, was " + sha256);
    }
  }

  /** Reads exactly the header. */
  static DeltaHeader read(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    try {
      int magic = data.readInt();
      if (magic != MAGIC) {
        throw new InvalidDeltaException(
            String.format("It begins with %08x, a delta begins with %08x", magic, MAGIC));
      }
      int version = data.readUnsignedByte();
      if (version != VERSION) {
        throw new InvalidDeltaException(
            "Its format version is " + version + ", known is " + VERSION);
      }
      int number = data.readUnsignedByte();
      Optional<DeltaCodec> codec = DeltaCodec.ofNumber(number);
      if (!codec.isPresent()) {
        throw new InvalidDeltaException("Its codec has the unknown number " + number);
      }
      String from = digest(data);
      String to = digest(data);
      long bytes = data.readLong();
      if (bytes < 0) {
        throw new InvalidDeltaException("The file that it makes has " + bytes + " bytes");
      }
      return new DeltaHeader(codec.get(), from, to, bytes);
    } catch (EOFException e) {
      throw new InvalidDeltaException("It ends within its header of " + BYTES + " bytes", e);
    }
  }

  void write(OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    data.writeInt(MAGIC);
    data.writeByte(VERSION);
    data.writeByte(codec.number());
    writeDigest(fromSha256, data);
    writeDigest(toSha256, data);
    data.writeLong(resultBytes);
    data.flush();
  }

  private static String digest(DataInputStream data) throws IOException {
    StringBuilder hex = new StringBuilder(2 * DIGEST_BYTES);
    for (int i = 0; i < DIGEST_BYTES; i++) {
      int one = data.readUnsignedByte();
      hex.append(Character.forDigit(one >> 4, 16)).append(Character.forDigit(one & 0xf, 16));
    }
    return hex.toString();
  }

  private static void writeDigest(String hex, DataOutputStream data) throws IOException {
    for (int i = 0; i < hex.length(); i += 2) {
      data.writeByte(Integer.parseInt(hex.substring(i, i + 2), 16));
    }
  }
}
