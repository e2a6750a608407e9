package io.distillstream.joiner.weight;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * How one teacher has done against the truth, earlier truths counting less.
 *
 * @param truths sum of the weights of all truths
 * @param hits sum of the weights of those that were the teacher's answer
 * @param measuredAt when the newest came, epoch milliseconds
 */
public record Tally(double truths, double hits, long measuredAt) {

  static final Tally NONE = new Tally(0, 0, 0);

  private static final int BYTES = 2 * Double.BYTES + Long.BYTES;

  /** Its form in a state store, 24 bytes. */
  public static Serde<Tally> serde() {
    return Serdes.serdeFrom(
        (topic, tally) -> tally == null ? null : tally.encode(),
        (topic, bytes) -> bytes == null ? null : decode(bytes));
  }

  /** After one truth more. */
  Tally plus(boolean hit, long halfLife, long nowMillis) {
    double kept = Math.pow(0.5, 1.0 / halfLife);
    return new Tally(kept * truths + 1, kept * hits + (hit ? 1 : 0), nowMillis);
  }

  private byte[] encode() {
    return ByteBuffer.allocate(BYTES).putDouble(truths).putDouble(hits).putLong(measuredAt).array();
  }

  private static Tally decode(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new SerializationException(
          "A teacher's accuracy takes %d bytes, found %d".formatted(BYTES, bytes.length));
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Tally(buffer.getDouble(), buffer.getDouble(), buffer.getLong());
  }
}
