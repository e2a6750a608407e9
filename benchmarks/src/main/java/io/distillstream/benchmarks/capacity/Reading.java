package io.distillstream.benchmarks.capacity;

import io.distillstream.chaos.process.Stage;
import io.distillstream.chaos.process.StageProcesses;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;

/**
 * What a pipeline has used and kept up to a moment.
 *
 * @param nanoTime the moment
 * @param requests answered so far
 * @param processorSeconds of the process of each stage, in seconds of one core
 * @param topicBytes on the disks of all brokers, by topic
 */
record Reading(
    long nanoTime,
    long requests,
    Map<Stage, Double> processorSeconds,
    Map<Topic<?>, Long> topicBytes) {

  /**
   * Takes one.
   *
   * @throws IllegalStateException if a stage does not run
   */
  static Reading take(StageProcesses processes, Admin admin, long requests)
      throws ExecutionException, InterruptedException {
    Map<Stage, Double> seconds = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      seconds.put(stage, processorSeconds(processes, stage));
    }
    return new Reading(System.nanoTime(), requests, seconds, topicBytes(processes, admin));
  }

  private static double processorSeconds(StageProcesses processes, Stage stage) {
    OptionalLong pid = processes.of(stage).pid();
    if (pid.isEmpty()) {
      throw new IllegalStateException("The " + stage.text() + " does not run");
    }
    return ProcessHandle.of(pid.getAsLong())
            .flatMap(process -> process.info().totalCpuDuration())
            .map(Duration::toMillis)
            .orElseThrow(
                () -> new IllegalStateException("This system does not say what processes use"))
        / 1e3;
  }

  private static Map<Topic<?>, Long> topicBytes(StageProcesses processes, Admin admin)
      throws ExecutionException, InterruptedException {
    Map<String, Long> byName = new LinkedHashMap<>();
    var brokers = admin.describeCluster().nodes().get().stream().map(node -> node.id()).toList();
    for (Map<String, LogDirDescription> folders :
        admin.describeLogDirs(brokers).allDescriptions().get().values()) {
      folders
          .values()
          .forEach(
              folder ->
                  folder
                      .replicaInfos()
                      .forEach(
                          (partition, replica) ->
                              byName.merge(partition.topic(), replica.size(), Long::sum)));
    }
    Map<Topic<?>, Long> bytes = new LinkedHashMap<>();
    for (Topic<?> topic : Topics.all()) {
      bytes.put(topic, byName.getOrDefault(topic.in(processes.pipeline()), 0L));
    }
    return bytes;
  }
}
