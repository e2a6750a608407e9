package io.distillstream.chaos.fault;

import io.distillstream.chaos.audit.Evidence;
import io.distillstream.chaos.audit.PlantedRecords;
import io.distillstream.chaos.process.StageProcesses;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * What a fault has to do with.
 *
 * @param planted told of records that must become dead letters
 * @param evidence told where something breaks during the fault
 * @param random from the run's seed
 */
public record Scene(
    StageProcesses processes, PlantedRecords planted, Evidence evidence, Random random) {

  /** Lets a fault last. */
  void pause(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }
}
