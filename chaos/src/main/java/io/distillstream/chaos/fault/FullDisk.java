package io.distillstream.chaos.fault;

import io.distillstream.chaos.process.LimitedDisk;
import io.distillstream.chaos.process.Stage;
import io.distillstream.chaos.process.StageProcess;
import io.distillstream.chaos.process.StageProcesses;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The disk of a stage has no byte of room left, and then has again. A stage may end meanwhile if it
 * does so in order.
 */
final class FullDisk implements Fault {
  /** In memory, for what an hour brings and then some. */
  private static final Map<Stage, Integer> MIB =
      Map.of(
          Stage.CLUSTER, 2_048,
          Stage.TRAINER, 256,
          Stage.QUANTIZER, 256,
          Stage.JOINER, 64,
          Stage.TEACHER, 64,
          Stage.MONITOR, 64,
          Stage.DEVICE, 64);

  /** More than a slow machine takes to fill the largest. */
  private static final Duration FILLING = Duration.ofMinutes(5);

  /** In which a stage may still end of what it met. */
  private static final Duration AFTERWARDS = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "full-disk";
  }

  @Override
  public List<Stage> targets() {
    return List.of(Stage.values());
  }

  @Override
  public Span lasts() {
    return Span.ofSeconds(5, 20);
  }

  @Override
  public Optional<String> impossible() {
    return LimitedDisk.impossible();
  }

  @Override
  public void prepare(StageProcesses processes) throws IOException {
    for (Map.Entry<Stage, Integer> size : MIB.entrySet()) {
      processes.limitDisk(size.getKey(), size.getValue());
    }
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene) throws InterruptedException {
    StageProcess struck = scene.processes().of(target);
    struck.mayEndFor(FILLING);
    scene.processes().disk(target).fill();
    struck.mayEndFor(duration.plus(AFTERWARDS));
    try {
      scene.pause(duration);
    } finally {
      scene.processes().disk(target).free();
    }
    if (target == Stage.CLUSTER) {
      scene.processes().startCluster();
    }
  }
}
