package io.distillstream.chaos.fault;

import io.distillstream.chaos.process.Stage;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** Between a stage and the cluster nothing gets through, and nobody is told. */
final class CutNetwork implements Fault {
  @Override
  public String name() {
    return "cut-network";
  }

  @Override
  public List<Stage> targets() {
    return List.copyOf(EnumSet.complementOf(EnumSet.of(Stage.CLUSTER)));
  }

  @Override
  public Span lasts() {
    return Span.ofSeconds(3, 25);
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene) throws InterruptedException {
    scene.processes().link(target).cut();
    try {
      scene.pause(duration);
    } finally {
      scene.processes().link(target).mend();
    }
  }
}
