package io.distillstream.delta;

import io.distillstream.foundation.Sha256;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Makes the new version of a file of the old one and a delta. Nothing in a delta need be trusted:
 * every length is checked before it is used, nothing is read outside of the old file, nothing
 * written beyond the announced length, and the file that comes out has the announced digest or is
 * deleted.
 *
 * <p>Memory does not grow with the files: at most 24 MB, 5 MB for rows of up to 4,096 weights.
 */
public final class ModelDelta {
  private ModelDelta() {}

  /**
   * Applies a delta.
   *
   * @param from the old file
   * @param target the new one; replaced if it exists, deleted if anything fails
   * @param mostBytes the longest file to make
   * @throws InvalidDeltaException if the delta is damaged, or not one for the old file
   * @throws IOException if a file cannot be read or written
   */
  public static void apply(Path from, Path delta, Path target, long mostBytes) throws IOException {
    boolean done = false;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(delta), 1 << 16);
        FileChannel old = FileChannel.open(from, StandardOpenOption.READ)) {
      DeltaHeader header = DeltaHeader.read(in);
      if (header.resultBytes() > mostBytes) {
        throw new InvalidDeltaException(
            "It makes " + header.resultBytes() + " bytes, expected at most " + mostBytes);
      }
      require("The old file's", digest(from), header.fromSha256());
      write(header, in, old, target);
      require("The new file's", digest(target), header.toSha256());
      done = true;
    } finally {
      if (!done) {
        Files.deleteIfExists(target);
      }
    }
  }

  private static void write(DeltaHeader header, InputStream in, FileChannel old, Path target)
      throws IOException {
    try (FileChannel made =
        FileChannel.open(
            target,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      OnDisk versions = new OnDisk(old, made);
      switch (header.codec()) {
        case CONTEXT_MIXING -> mixed(header, in, versions);
        case DEFLATE -> DeflatedDifference.apply(in, header.resultBytes(), versions);
      }
    }
  }

  private static void mixed(DeltaHeader header, InputStream in, Versions versions)
      throws IOException {
    RangeDecoder coder = new RangeDecoder(in);
    TextModel text = new TextModel();
    List<Segment> segments =
        SegmentList.read(text, coder, versions.oldBytes(), header.resultBytes());
    new SegmentCoding(versions, coder, text).code(segments);
    coder.finish();
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Sha256.hex(in);
    }
  }

  private static void require(String whose, String actual, String expected)
      throws InvalidDeltaException {
    if (!actual.equals(expected)) {
      throw new InvalidDeltaException(
          whose + " SHA-256 is " + actual + ", the delta says " + expected);
    }
  }

  /** Borrows both channels. */
  private record OnDisk(FileChannel old, FileChannel made) implements Versions {
    @Override
    public long oldBytes() throws IOException {
      return old.size();
    }

    @Override
    public void readOld(long at, byte[] into, int length) throws IOException {
      read(old, at, into, length);
    }

    @Override
    public void readNew(long at, byte[] into, int length) throws IOException {
      read(made, at, into, length);
    }

    @Override
    public void before(long at, byte[] into, int length) {}

    @Override
    public void after(long at, byte[] coded, int length) throws IOException {
      ByteBuffer left = ByteBuffer.wrap(coded, 0, length);
      long next = at;
      while (left.hasRemaining()) {
        next += made.write(left, next);
      }
    }

    private static void read(FileChannel file, long at, byte[] into, int length)
        throws IOException {
      ByteBuffer left = ByteBuffer.wrap(into, 0, length);
      long next = at;
      while (left.hasRemaining()) {
        int read = file.read(left, next);
        if (read < 0) {
          throw new IOException("A file became shorter while it was read");
        }
        next += read;
      }
    }
  }
}
