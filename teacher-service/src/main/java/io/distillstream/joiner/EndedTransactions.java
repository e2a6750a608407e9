package io.distillstream.joiner;

import java.util.List;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;

/**
 * Tells a transaction that brokers have ended themselves, as one that takes too long, from one that
 * another producer has ended. Kafka Streams 4.3.1 knows the latter alone, and takes the former for
 * a fault of its own; whoever joins again goes on from what is committed.
 */
final class EndedTransactions {

  private static final List<Class<? extends Exception>> TOLD =
      List.of(
          InvalidTxnStateException.class,
          TransactionAbortableException.class,
          TransactionAbortedException.class);

  private EndedTransactions() {}

  /**
   * Whether that is what failed.
   *
   * @param cause the first of all
   */
  static boolean explain(Throwable cause) {
    return TOLD.stream().anyMatch(type -> type.isInstance(cause));
  }
}
