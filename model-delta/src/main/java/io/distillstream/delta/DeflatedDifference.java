package io.distillstream.delta;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** The byte-wise difference of two files; where the new one is longer, its own bytes follow. */
final class DeflatedDifference {
  private static final int PIECE_BYTES = 1 << 16;

  private DeflatedDifference() {}

  /**
   * Writes the new file.
   *
   * @param in its difference in zlib's format, to its end
   */
  static void apply(InputStream in, long newBytes, Versions versions) throws IOException {
    byte[] old = new byte[PIECE_BYTES];
    byte[] fresh = new byte[PIECE_BYTES];
    InflaterInputStream inflated = new InflaterInputStream(in);
    try {
      for (long at = 0; at < newBytes; at += PIECE_BYTES) {
        int piece = (int) Math.min(PIECE_BYTES, newBytes - at);
        read(inflated, fresh, piece);
        int both = (int) Math.max(0, Math.min(piece, versions.oldBytes() - at));
        versions.readOld(at, old, both);
        for (int i = 0; i < both; i++) {
          fresh[i] += old[i];
        }
        versions.after(at, fresh, piece);
      }
      if (inflated.read() >= 0) {
        throw new InvalidDeltaException("It is longer than the file that it makes");
      }
    } catch (ZipException | EOFException e) {
      throw new InvalidDeltaException("Its difference is no data in zlib's format", e);
    } finally {
      inflated.close();
    }
  }

  private static void read(InputStream in, byte[] into, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int read = in.read(into, done, length - done);
      if (read < 0) {
        throw new InvalidDeltaException("It ends early");
      }
      done += read;
    }
  }
}
