package io.distillstream.trainer.loop;

import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Arrivals of partition 0 with a clock of its own: it moves on by the wait whenever nothing comes.
 * Runs an action when everything was read and some quiet has passed.
 */
final class ScriptedSource implements ExampleSource {
  private static final long QUIET_NANOS = Duration.ofSeconds(60).toNanos();

  private final List<Arrival> arrivals = new ArrayList<>();
  final List<Map<Integer, Long>> seeks = new ArrayList<>();
  private int next;
  private long nanos;
  private long quietSince = -1;
  private Runnable atEnd = () -> {};
  private long quiet = QUIET_NANOS;

  ScriptedSource examples(int from, int to) {
    return examples(MadeUpExamples.range(from, to));
  }

  ScriptedSource examples(List<Example> examples) {
    for (Example example : examples) {
      arrivals.add(new Arrival.Usable(0, arrivals.size(), example));
    }
    return this;
  }

  /** Examples that came with traces. */
  ScriptedSource traced(int from, int to, TraceFlags flags) {
    for (int number = from; number < to; number++) {
      SpanContext trace =
          SpanContext.createFromRemoteParent(
              "4bf92f3577b34da6a3ce929d0e0e4736",
              "%016x".formatted(number + 1),
              flags,
              TraceState.getDefault());
      arrivals.add(new Arrival.Usable(0, arrivals.size(), MadeUpExamples.example(number), trace));
    }
    return this;
  }

  /** Examples for which the teacher always gives the same answer. */
  ScriptedSource answering(int from, int to, int answer) {
    for (int number = from; number < to; number++) {
      arrivals.add(new Arrival.Usable(0, arrivals.size(), MadeUpExamples.example(number, answer)));
    }
    return this;
  }

  /** The same as {@link #answering}, held out. */
  ScriptedSource heldOut(int from, int to, int answer) {
    for (int number = from; number < to; number++) {
      Example example = MadeUpExamples.example(number, answer);
      arrivals.add(
          new Arrival.HeldOut(
              0,
              arrivals.size(),
              example,
              Optional.of(new ProducerRecord<>("held-out", example.requestId(), null))));
    }
    return this;
  }

  ScriptedSource refused() {
    long offset = arrivals.size();
    arrivals.add(
        new Arrival.Refused(0, offset, new ProducerRecord<>("dead", "refused-" + offset, null)));
    return this;
  }

  /** An example that is passed over, since its teachers agree. */
  ScriptedSource agreed() {
    arrivals.add(new Arrival.Agreed(0, arrivals.size()));
    return this;
  }

  /** An offset without a record. */
  ScriptedSource nothing() {
    arrivals.add(new Arrival.Nothing(0, arrivals.size()));
    return this;
  }

  ScriptedSource atEnd(Runnable action) {
    atEnd = action;
    return this;
  }

  /** Runs the action as soon as everything was read. */
  ScriptedSource withoutQuiet() {
    quiet = 0;
    return this;
  }

  long nanoTime() {
    return nanos;
  }

  @Override
  public void seek(Map<Integer, Long> positions) {
    seeks.add(positions);
    next = Math.toIntExact(positions.getOrDefault(0, 0L));
    quietSince = -1;
  }

  @Override
  public @Nullable Arrival poll(Duration wait) {
    if (next < arrivals.size()) {
      return arrivals.get(next++);
    }
    if (quietSince < 0) {
      quietSince = nanos;
    }
    nanos += Math.max(1, wait.toNanos());
    if (nanos - quietSince > quiet) {
      atEnd.run();
    }
    return null;
  }

  @Override
  public void close() {}
}
