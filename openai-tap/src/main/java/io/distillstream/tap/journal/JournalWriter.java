package io.distillstream.tap.journal;

import io.distillstream.avro.Completion;
import io.distillstream.tap.metrics.TapMetrics;
import io.distillstream.tap.metrics.Unrecorded;
import io.distillstream.tap.record.Recorded;
import io.distillstream.tap.record.Redaction;
import io.distillstream.tap.sample.Sampler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes records of exchanges that are over, decides which of them are wanted and writes those to
 * the journal, on a thread of its own, so that no client waits for it. Borrows the journal.
 */
public final class JournalWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

  private static final int WAITING = 256;
  private static final long POLL_MILLIS = 200;
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Below what brokers take by default, 1,048,588 bytes with the overhead of a batch. */
  private static final int MOST_BYTES = 1_000_000;

  private final Journal journal;
  private final Redaction redaction;
  private final Sampler sampler;
  private final BooleanSupplier hasRoom;
  private final TapMetrics metrics;
  private final BlockingQueue<Recorded> queue = new ArrayBlockingQueue<>(WAITING);
  private final SpecificDatumWriter<Completion> datum = new SpecificDatumWriter<>(Completion.class);
  private final Thread thread = new Thread(this::run, "tap-journal");
  private volatile boolean closing;

  /**
   * @param sampler used by nobody else
   * @param hasRoom whether the disk has room
   */
  public JournalWriter(
      Journal journal,
      Redaction redaction,
      Sampler sampler,
      BooleanSupplier hasRoom,
      TapMetrics metrics) {
    this.journal = journal;
    this.redaction = redaction;
    this.sampler = sampler;
    this.hasRoom = hasRoom;
    this.metrics = metrics;
    thread.setDaemon(true);
    thread.start();
  }

  public boolean isAlive() {
    return thread.isAlive();
  }

  /** Takes an exchange in, unless too many wait. Does not block. */
  public void offer(Recorded recorded) {
    if (closing || !queue.offer(recorded)) {
      recorded.free();
      metrics.unrecorded(Unrecorded.QUEUE_FULL);
    }
  }

  private void run() {
    try {
      while (!closing || !queue.isEmpty()) {
        Recorded recorded = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (recorded != null) {
          try {
            write(recorded);
          } finally {
            recorded.free();
          }
        }
      }
    } catch (InterruptedException e) {
      log.debug("The journal is written no longer", e);
    }
  }

  private void write(Recorded recorded) {
    if (recorded.obstacle().isPresent()) {
      metrics.unrecorded(recorded.obstacle().get());
      return;
    }
    List<Completion> completions = recorded.completions(redaction, MOST_BYTES);
    if (completions.isEmpty()) {
      metrics.unrecorded(Unrecorded.UNREADABLE_ANSWER);
      return;
    }
    Optional<Unrecorded> omission = sampler.omission(completions);
    omission.ifPresent(metrics::unrecorded);
    if (omission.isEmpty()) {
      completions.forEach(this::write);
    }
  }

  private void write(Completion completion) {
    ByteBuffer encoded = encode(completion);
    if (encoded.remaining() > MOST_BYTES) {
      metrics.unrecorded(Unrecorded.TOO_LARGE);
    } else if (!hasRoom.getAsBoolean()) {
      metrics.unrecorded(Unrecorded.JOURNAL_FULL);
    } else {
      append(completion, encoded);
    }
  }

  private void append(Completion completion, ByteBuffer encoded) {
    try {
      if (journal.append(encoded)) {
        metrics.journaled(completion);
      } else {
        metrics.unrecorded(Unrecorded.JOURNAL_FULL);
      }
    } catch (IOException e) {
      metrics.unrecorded(Unrecorded.JOURNAL_FAILED);
      log.error("A completion could not be written to the journal", e);
    }
  }

  private ByteBuffer encode(Completion completion) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      datum.write(completion, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new IllegalStateException("Memory can be written", e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** Writes what waits. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(GRACE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
