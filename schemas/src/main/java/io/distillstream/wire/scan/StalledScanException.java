package io.distillstream.wire.scan;

import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A topic cannot be read to the end that was asked for: the brokers do not answer, or a transaction
 * that does not end hides what lies behind it.
 */
public final class StalledScanException extends TimeoutException {

  private static final long serialVersionUID = 1;

  private final transient TopicPartition partition;
  private final long position;

  StalledScanException(TopicPartition partition, long position, long end, Duration patience) {
    super(
        ("%s cannot be read from offset %d up to %d: nothing came for %d s; brokers do not answer,"
                + " or a transaction that does not end hides it")
            .formatted(partition, position, end, patience.toSeconds()));
    this.partition = partition;
    this.position = position;
  }

  public TopicPartition partition() {
    return partition;
  }

  /** The offset that would have been read next. */
  public long position() {
    return position;
  }
}
