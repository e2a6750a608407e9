package io.distillstream.chaos.fault;

import io.distillstream.chaos.process.Stage;
import java.time.Duration;
import java.util.List;

/** A process is gone at once, by SIGKILL, and is started again after a while. */
final class Kill implements Fault {
  @Override
  public String name() {
    return "kill";
  }

  @Override
  public List<Stage> targets() {
    return List.of(Stage.values());
  }

  @Override
  public Span lasts() {
    return Span.ofSeconds(0, 5);
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene) throws InterruptedException {
    scene.processes().of(target).kill();
    try {
      scene.pause(duration);
    } finally {
      scene.processes().of(target).start();
    }
  }
}
