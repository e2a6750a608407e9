package io.distillstream.tuf;

import io.distillstream.tuf.refusal.SlowRetrievalException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Reads a download that may have no end, or be kept open for ever by a byte now and then. A stream
 * that gives nothing at all has to be ended by its own read time-out.
 */
public final class BoundedRead {

  private static final int BUFFER_BYTES = 8 << 10;

  private final Duration limit;
  private final LongSupplier nanoTime;

  /**
   * @param limit how long a whole file may take
   */
  public BoundedRead(Duration limit) {
    this(limit, System::nanoTime);
  }

  BoundedRead(Duration limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
  }

  /**
   * What is left in a stream; where that is more than wanted, one byte more than wanted.
   *
   * @param file what it is, for the message
   * @param maxBytes how many are wanted
   * @throws SlowRetrievalException if there is no end of it within the limit
   */
  public byte[] read(String file, InputStream in, int maxBytes) throws IOException {
    long deadline = nanoTime.getAsLong() + limit.toNanos();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    int read = 0;
    while (read >= 0 && bytes.size() <= maxBytes) {
      bytes.write(buffer, 0, read);
      if (nanoTime.getAsLong() - deadline > 0) {
        throw new SlowRetrievalException(file, bytes.size(), limit);
      }
      read = in.read(buffer, 0, Math.min(buffer.length, maxBytes + 1 - bytes.size()));
    }
    return bytes.toByteArray();
  }
}
