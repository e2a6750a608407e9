package io.distillstream.onnx.delta;

import io.distillstream.delta.DeltaCodec;
import io.distillstream.delta.DeltaWriter;
import io.distillstream.delta.Segment;
import io.distillstream.foundation.Sha256;
import java.util.List;
import java.util.Optional;

/**
 * What turns one ONNX file into another. The arrays are taken over, not copied; they are read only.
 *
 * @param codec that gave the fewest bytes
 * @param fromSha256 of the old file
 * @param toSha256 of the new one
 * @param resultBytes length of the new one
 * @param bytes the delta
 */
@SuppressWarnings("ArrayRecordComponent")
public record OnnxDelta(
    DeltaCodec codec, String fromSha256, String toSha256, long resultBytes, byte[] bytes) {
  /** More would be refused by the format; no file of few tensors has so many differences. */
  private static final int MOST_SEGMENTS = 8_000;

  /**
   * The smallest delta.
   *
   * @return empty where no delta is smaller than the new file
   */
  public static Optional<OnnxDelta> between(byte[] from, byte[] to) {
    byte[] smallest = DeltaWriter.deflated(from, to);
    DeltaCodec codec = DeltaCodec.DEFLATE;
    List<Segment> segments = DeltaPlan.of(from, to);
    if (segments.size() <= MOST_SEGMENTS) {
      byte[] mixed = DeltaWriter.mixed(from, to, segments);
      if (mixed.length <= smallest.length) {
        smallest = mixed;
        codec = DeltaCodec.CONTEXT_MIXING;
      }
    }
    return smallest.length < to.length
        ? Optional.of(new OnnxDelta(codec, Sha256.hex(from), Sha256.hex(to), to.length, smallest))
        : Optional.empty();
  }
}
