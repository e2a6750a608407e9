package io.distillstream.chaos.fault;

import io.distillstream.chaos.process.Stage;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** Between a stage and the cluster everything takes its time, in both directions. */
final class SlowNetwork implements Fault {
  private static final Duration DELAY = Duration.ofMillis(20);
  private static final long BYTES_PER_SECOND = 1 << 20;

  @Override
  public String name() {
    return "slow-network";
  }

  @Override
  public List<Stage> targets() {
    return List.copyOf(EnumSet.complementOf(EnumSet.of(Stage.CLUSTER)));
  }

  @Override
  public Span lasts() {
    return Span.ofSeconds(5, 20);
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene) throws InterruptedException {
    scene.processes().link(target).slow(DELAY, BYTES_PER_SECOND);
    try {
      scene.pause(duration);
    } finally {
      scene.processes().link(target).mend();
    }
  }
}
