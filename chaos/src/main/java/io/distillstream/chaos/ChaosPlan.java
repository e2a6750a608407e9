package io.distillstream.chaos;

import io.distillstream.chaos.fault.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a run is to do.
 *
 * @param faultsFor how long faults are brought about once the pipeline runs
 * @param seed of the schedule and of what is planted
 * @param rate requests a second
 * @param folder for all data
 */
record ChaosPlan(Duration faultsFor, long seed, List<Fault> faults, double rate, Path folder) {}
