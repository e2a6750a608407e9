package io.distillstream.trainer.examples;

import io.opentelemetry.api.trace.SpanContext;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What an {@link ExampleSource} found at one offset. */
public sealed interface Arrival {

  int partition();

  long offset();

  /**
   * An example to learn from.
   *
   * @param trace that it came with; says nothing of what is learned
   */
  record Usable(int partition, long offset, Example example, SpanContext trace) implements Arrival {

    /** One that came with no trace. */
    public Usable(int partition, long offset, Example example) {
      this(partition, offset, example, SpanContext.getInvalid());
    }
  }

  /**
   * An example that is never learned, since it is held out.
   *
   * @param copy what others learn of it; empty where nobody does
   */
  record HeldOut(
      int partition, long offset, Example example, Optional<ProducerRecord<String, byte[]>> copy)
      implements Arrival {}

  /**
   * A record that cannot be learned from, as the dead letter it becomes. It is sent in the
   * transaction that moves the trainer past it, and so exactly once.
   */
  record Refused(int partition, long offset, ProducerRecord<String, byte[]> letter)
      implements Arrival {}

  /** An example that is not learned, since its teachers agree on it and others teach more. */
  record Agreed(int partition, long offset) implements Arrival {}

  /**
   * No record for this student: what lies before and at this offset is known to hold none, such as
   * the mark that ends a transaction, or another student's hard example. Without it the trainer
   * would seem to lag behind for ever.
   */
  record Nothing(int partition, long offset) implements Arrival {}
}
