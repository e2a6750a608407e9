package io.distillstream.chaos.fault;

import io.distillstream.chaos.process.Stage;
import java.time.Duration;
import java.util.List;

/**
 * A process stands still, by SIGSTOP, as one does whose machine is suspended: its connections stay
 * open and nobody answers on them.
 */
final class Freeze implements Fault {
  @Override
  public String name() {
    return "freeze";
  }

  @Override
  public List<Stage> targets() {
    return List.of(Stage.values());
  }

  @Override
  public Span lasts() {
    return Span.ofSeconds(2, 20);
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene) throws InterruptedException {
    scene.processes().of(target).freeze();
    try {
      scene.pause(duration);
    } finally {
      scene.processes().of(target).thaw();
    }
  }
}
