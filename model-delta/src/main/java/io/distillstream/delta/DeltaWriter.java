package io.distillstream.delta;

import io.distillstream.foundation.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Writes deltas. Holds both files and the delta in memory. */
public final class DeltaWriter {
  private DeltaWriter() {}

  /**
   * A delta of {@link DeltaCodec#CONTEXT_MIXING}.
   *
   * @param segments of the new file, from its beginning to its end
   * @throws IllegalArgumentException if they do not make the new file of the old one
   */
  public static byte[] mixed(byte[] from, byte[] to, List<Segment> segments) {
    checkCopies(from, to, segments);
    ByteArrayOutputStream out = begun(DeltaCodec.CONTEXT_MIXING, from, to);
    RangeEncoder coder = new RangeEncoder(out);
    TextModel text = new TextModel();
    try {
      SegmentList.write(segments, text, coder);
      new SegmentCoding(new InMemory(from, to), coder, text).code(segments);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    coder.finish();
    return out.toByteArray();
  }

  /** All but copies are coded whatever they are; these have to be right. */
  private static void checkCopies(byte[] from, byte[] to, List<Segment> segments) {
    if (segments.size() > SegmentList.MOST) {
      throw new IllegalArgumentException(
          "A delta has at most " + SegmentList.MOST + " segments, were " + segments.size());
    }
    long at = 0;
    for (Segment segment : segments) {
      if (segment instanceof Segment.Copy copy) {
        for (int i = 0; i < copy.length(); i++) {
          if (from[(int) copy.from() + i] != to[(int) at + i]) {
            throw new IllegalArgumentException("Byte " + (at + i) + " differs from its copy");
          }
        }
      }
      at += segment.length();
    }
    if (at != to.length) {
      throw new IllegalArgumentException(
          "The segments make " + at + " bytes, the new file has " + to.length);
    }
  }

  /** A delta of {@link DeltaCodec#DEFLATE}. */
  public static byte[] deflated(byte[] from, byte[] to) {
    ByteArrayOutputStream out = begun(DeltaCodec.DEFLATE, from, to);
    byte[] difference = to.clone();
    for (int i = 0; i < Math.min(from.length, to.length); i++) {
      difference[i] -= from[i];
    }
    // The best compression takes ten times as long for files of weights and saves 3 %.
    Deflater deflater = new Deflater();
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, deflater)) {
      deflated.write(difference);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    } finally {
      deflater.end();
    }
    return out.toByteArray();
  }

  private static ByteArrayOutputStream begun(DeltaCodec codec, byte[] from, byte[] to) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DeltaHeader header = new DeltaHeader(codec, Sha256.hex(from), Sha256.hex(to), to.length);
    try {
      header.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
    return out;
  }

  /** Both files are there, so nothing is written. */
  @SuppressWarnings("ArrayRecordComponent")
  private record InMemory(byte[] from, byte[] to) implements Versions {
    @Override
    public long oldBytes() {
      return from.length;
    }

    @Override
    public void readOld(long at, byte[] into, int length) {
      System.arraycopy(from, (int) at, into, 0, length);
    }

    @Override
    public void readNew(long at, byte[] into, int length) {
      System.arraycopy(to, (int) at, into, 0, length);
    }

    @Override
    public void before(long at, byte[] into, int length) {
      readNew(at, into, length);
    }

    @Override
    public void after(long at, byte[] coded, int length) {}
  }
}
