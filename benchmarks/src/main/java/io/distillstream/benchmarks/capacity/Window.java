package io.distillstream.benchmarks.capacity;

import io.distillstream.chaos.process.Stage;
import io.distillstream.wire.Topic;
import java.util.Objects;

/** What happened between two readings, at a steady rate of requests. */
record Window(Reading begin, Reading end) {

  double seconds() {
    return (end.nanoTime() - begin.nanoTime()) / 1e9;
  }

  long requests() {
    return end.requests() - begin.requests();
  }

  /** Requests per second. */
  double rate() {
    return requests() / seconds();
  }

  /** Cores that a stage kept busy. */
  double cores(Stage stage) {
    return (Objects.requireNonNull(end.processorSeconds().get(stage))
            - Objects.requireNonNull(begin.processorSeconds().get(stage)))
        / seconds();
  }

  /** What a topic grew by; less than nothing where its writer has deleted more than it wrote. */
  long bytes(Topic<?> topic) {
    return Objects.requireNonNull(end.topicBytes().get(topic))
        - Objects.requireNonNull(begin.topicBytes().get(topic));
  }
}
