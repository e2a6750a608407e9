package io.distillstream.chaos.fault;

import io.distillstream.chaos.process.Stage;
import io.distillstream.chaos.process.StageProcesses;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One kind of fault. To add one, write its class and name it in {@link Faults}. */
public interface Fault {

  /** Its name, by which {@code --faults} chooses it. */
  String name();

  /** What it can strike; {@link Stage#CLUSTER} alone where it concerns the whole pipeline. */
  List<Stage> targets();

  /** The shortest and the longest time that it is to last. */
  Span lasts();

  /** Why it cannot be brought about on this machine; empty where it can. */
  default Optional<String> impossible() {
    return Optional.empty();
  }

  /** Does what has to be done before the stages are started. */
  default void prepare(StageProcesses processes) throws IOException {}

  /**
   * Brings it about, and ends it.
   *
   * <p>Returns when it is over: from then on the pipeline has to recover.
   */
  void strike(Stage target, Duration duration, Scene scene) throws Exception;

  /** A time between two bounds, both included. */
  record Span(Duration shortest, Duration longest) {
    static Span ofSeconds(int shortest, int longest) {
      return new Span(Duration.ofSeconds(shortest), Duration.ofSeconds(longest));
    }
  }
}
