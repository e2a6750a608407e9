package io.distillstream.monitor;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Settings of what is measured of consumer groups.
 *
 * @param groups names of groups that are watched beside the pipeline's own
 * @param clusterName what metrics call the cluster; empty for the id that Kafka has given it
 * @param period time between two measurements
 * @param exactUpTo the greatest gap, in offsets, whose records are counted
 */
public record LagSettings(Pattern groups, String clusterName, Duration period, int exactUpTo) {

  private static final Setting<Pattern> GROUPS =
      Setting.text(
              "monitor.groups",
              "",
              "Consumer groups whose lag is shown beside that of the pipeline's own: a regular"
                  + " expression for the whole name, such as .* for every group of the cluster.")
          .as("a regular expression", Pattern::compile);
  private static final Setting<String> CLUSTER_NAME =
      Setting.text(
          "monitor.lag.cluster-name",
          "",
          "Value of the label cluster_name of the metrics of consumer groups; empty for the"
              + " cluster's id.");
  private static final Setting<Duration> PERIOD =
      Setting.duration(
              "monitor.lag.period",
              Duration.ofSeconds(5),
              "Time between two measurements of the consumer groups' lag.")
          .between(Duration.ofMillis(500), Duration.ofMinutes(10));
  private static final Setting<Integer> EXACT_UP_TO =
      Setting.integer(
              "monitor.lag.exact-up-to",
              1_000,
              "Offsets between a group and the end of a partition up to which the monitor reads the"
                  + " stretch and counts its records; beyond, lag is the difference of the offsets,"
                  + " an upper bound.")
          .between(0, 1_000_000);

  static List<Setting<?>> all() {
    return List.of(GROUPS, CLUSTER_NAME, PERIOD, EXACT_UP_TO);
  }

  static LagSettings from(Settings settings) {
    return new LagSettings(
        settings.get(GROUPS),
        settings.get(CLUSTER_NAME),
        settings.get(PERIOD),
        settings.get(EXACT_UP_TO));
  }
}
