package io.distillstream.wire.transaction;

import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.RegistryUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records and consumer offsets as one: readers of committed records see all of a transaction
 * or none. Owns its producer; used by one thread.
 *
 * <p>A commit that times out may have happened, so it is asked for again and never turned into an
 * abort, which Kafka forbids.
 */
public final class Transactions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Transactions.class);

  /** Nothing is under way when a producer is closed but what was given up. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  /** After these a producer is of no further use. */
  private static final Set<Class<? extends KafkaException>> FATAL =
      Set.of(
          ApplicationRecoverableException.class,
          AuthenticationException.class,
          ClusterAuthorizationException.class,
          TransactionalIdAuthorizationException.class,
          OutOfOrderSequenceException.class,
          UnsupportedVersionException.class);

  /** What is written within a transaction. */
  @FunctionalInterface
  public interface Work {
    /** Sends records; a send that fails fails the commit, so none needs to be waited for. */
    void write(Producer<String, byte[]> producer) throws IOException;
  }

  private final Producer<String, byte[]> producer;
  private final int commitAttempts;

  /** When the newest transaction began, by the clock of {@link System#nanoTime}. */
  private long begunAt;

  /** Why a transaction was left without an end; the producer then refuses to begin another. */
  private @Nullable Exception unfinished;

  private Transactions(Producer<String, byte[]> producer, int commitAttempts) {
    this.producer = producer;
    this.commitAttempts = commitAttempts;
  }

  /**
   * Takes over the transactional id of a producer: fences whoever used it before, and ends the
   * transaction that they may have left open.
   *
   * @param producer transferred; it is closed if this fails
   * @param commitAttempts how often a commit is asked for before its outcome counts as unknown;
   *     each time the producer waits for its {@code max.block.ms}, and so does whoever waits for
   *     the result
   * @throws ClusterUnavailableException if the brokers do not answer
   * @throws KafkaException if they refuse
   */
  public static Transactions open(Producer<String, byte[]> producer, int commitAttempts) {
    try {
      producer.initTransactions();
      return new Transactions(producer, commitAttempts);
    } catch (TimeoutException e) {
      producer.close(Duration.ZERO);
      throw new ClusterUnavailableException(
          "The brokers do not answer a producer that begins its transactions", e);
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
  }

  /** Commits records alone. */
  public void commit(Work work)
      throws IOException, FencedException, AbortedException, UnknownOutcomeException {
    commit(work, Optional.empty());
  }

  /** Commits records, and the offsets of what they were made from. */
  public void commit(Work work, ConsumedOffsets offsets)
      throws IOException, FencedException, AbortedException, UnknownOutcomeException {
    commit(work, offsets.next().isEmpty() ? Optional.empty() : Optional.of(offsets));
  }

  /**
   * @throws FencedException if another producer took over the transactional id
   * @throws AbortedException if a record, the offsets or the commit were refused, or an earlier
   *     transaction never ended
   * @throws UnknownOutcomeException if the commit was never confirmed
   * @throws IOException thrown by the work; like any exception that is not Kafka's or the
   *     registry's it passes through once the transaction is aborted
   */
  private void commit(Work work, Optional<ConsumedOffsets> offsets)
      throws IOException, FencedException, AbortedException, UnknownOutcomeException {
    requireAllEnded();
    try {
      begin();
      work.write(producer);
      offsets.ifPresent(read -> producer.sendOffsetsToTransaction(read.next(), read.group()));
    } catch (KafkaException | RegistryUnavailableException e) {
      throw abort(e);
    } catch (IOException | RuntimeException e) {
      abortAfter(e);
      throw e;
    }
    confirm();
  }

  /**
   * Asks whether the transactional id is still this one's: begins a transaction with offsets, which
   * brokers take from its owner alone, and aborts it. Writes nothing.
   *
   * @param offsets of whatever group and member
   * @throws FencedException if another producer took over, or a transaction took too long
   * @throws AbortedException if the brokers do not tell; the producer is not usable then
   */
  public void requireOwned(ConsumedOffsets offsets) throws FencedException, AbortedException {
    requireAllEnded();
    KafkaException reason = new KafkaException("asked for its owner alone");
    try {
      begin();
      producer.sendOffsetsToTransaction(offsets.next(), offsets.group());
    } catch (KafkaException e) {
      reason = e;
    }
    AbortedException aborted = abort(reason);
    if (!aborted.producerUsable()) {
      throw aborted;
    }
  }

  private void begin() {
    producer.beginTransaction();
    begunAt = System.nanoTime();
  }

  private void requireAllEnded() throws AbortedException {
    Exception earlier = unfinished;
    if (earlier != null) {
      throw new AbortedException(
          "not begun, since an earlier transaction never ended: " + earlier.getMessage(),
          earlier,
          false);
    }
  }

  private void confirm() throws FencedException, AbortedException, UnknownOutcomeException {
    for (int attempt = 1; ; attempt++) {
      try {
        producer.commitTransaction();
        return;
      } catch (TimeoutException e) {
        if (attempt == commitAttempts) {
          throw unknown(
              "the brokers did not confirm a commit in %d attempts".formatted(attempt), e);
        }
        log.warn("Commit not confirmed yet, asking again: {}", e.getMessage());
      } catch (InterruptException e) {
        throw unknown("interrupted while waiting for a commit", e);
      } catch (KafkaException e) {
        AbortedException aborted = abort(e);
        if (attempt > 1 && !aborted.producerUsable()) {
          // Only an abort that succeeds proves that the earlier request was not carried out.
          throw unknown("a commit was not confirmed and then refused: " + describe(e), e);
        }
        throw aborted;
      }
    }
  }

  private UnknownOutcomeException unknown(String message, KafkaException cause) {
    unfinished = cause;
    return new UnknownOutcomeException(message, cause);
  }

  /** Ends a transaction that cannot be committed; answers what to throw. */
  private AbortedException abort(RuntimeException reason) throws FencedException {
    if (isFenced(reason)) {
      throw fenced(reason);
    }
    if (isFatal(reason) || reason instanceof InterruptException) {
      unfinished = reason;
      return new AbortedException(describe(reason), reason, false);
    }
    try {
      producer.abortTransaction();
      return new AbortedException(describe(reason), reason, true);
    } catch (KafkaException | IllegalStateException e) {
      if (isFenced(e)) {
        throw fenced(e);
      }
      e.addSuppressed(reason);
      unfinished = e;
      return new AbortedException(
          "neither committed nor aborted; the next producer with its id discards it", e, false);
    }
  }

  /** The failure of the work matters more than that of the abort, unless another took over. */
  private void abortAfter(Exception failure) throws FencedException {
    try {
      producer.abortTransaction();
    } catch (KafkaException | IllegalStateException e) {
      if (isFenced(e)) {
        e.addSuppressed(failure);
        throw fenced(e);
      }
      failure.addSuppressed(e);
      unfinished = e;
    }
  }

  private FencedException fenced(Throwable cause) {
    return new FencedException(cause, Duration.ofNanos(System.nanoTime() - begunAt));
  }

  private static String describe(RuntimeException reason) {
    return String.valueOf(reason.getMessage());
  }

  /** A producer that failed before wraps what it failed of. */
  private static boolean isFenced(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof ProducerFencedException || t instanceof InvalidProducerEpochException) {
        return true;
      }
    }
    return false;
  }

  /** Where the group has another member in a place, the producer still owns what it wrote. */
  private static boolean isFatal(RuntimeException e) {
    return !(e instanceof FencedInstanceIdException)
        && FATAL.stream().anyMatch(type -> type.isInstance(e));
  }

  /** Does not wait for brokers that have gone: what was not committed is lost by design. */
  @Override
  public void close() {
    producer.close(CLOSE_PATIENCE);
  }
}
