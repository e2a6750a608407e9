package io.distillstream.monitor;

import io.distillstream.lag.GroupLag;
import io.distillstream.lag.GroupLag.Partition;
import io.distillstream.lag.GroupLag.Topic;
import io.distillstream.lag.Lag;
import io.distillstream.lag.LagCollector;
import io.distillstream.lag.LagSample;
import io.distillstream.lag.PartitionOffsets;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lag of consumer groups for Prometheus, under the names and labels of kafka-lag-exporter. Its
 * labels {@code member_host}, {@code consumer_id} and {@code client_id} are left out: a series
 * would end with every rebalance. What was measured is rendered at each scrape, so that a group
 * that is gone leaves nothing behind; while the brokers do not answer, there is nothing to render.
 */
final class LagMetrics implements MultiCollector, AutoCloseable {

  private final PrometheusRegistry registry;
  private final String clusterName;
  private final LagCollector lag;

  private LagMetrics(PrometheusRegistry registry, String clusterName, LagCollector lag) {
    this.registry = registry;
    this.clusterName = clusterName;
    this.lag = lag;
  }

  /**
   * @param registry borrowed
   * @param clusterName empty for the cluster's own id
   * @param lag borrowed
   */
  static LagMetrics register(PrometheusRegistry registry, String clusterName, LagCollector lag) {
    LagMetrics metrics = new LagMetrics(registry, clusterName, lag);
    registry.register(metrics);
    return metrics;
  }

  @Override
  public MetricSnapshots collect() {
    return lag.fresh() ? new Rendering(clusterName, lag.last()).all() : new MetricSnapshots();
  }

  @Override
  public void close() {
    registry.unregister(this);
  }

  /** One measurement as gauges. */
  private static final class Rendering {

    private final LagSample sample;
    private final Labels cluster;
    private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();

    Rendering(String clusterName, LagSample sample) {
      this.sample = sample;
      cluster = Labels.of("cluster_name", clusterName.isEmpty() ? sample.clusterId() : clusterName);
    }

    MetricSnapshots all() {
      for (PartitionOffsets ends : sample.partitions()) {
        Labels labels = partition(cluster, ends.topic(), ends.partition());
        add(
            "kafka_partition_latest_offset",
            "Last stable offset of a partition: where a read_committed consumer ends.",
            labels,
            ends.latest());
        add(
            "kafka_partition_earliest_offset",
            "First offset that is left on a partition.",
            labels,
            ends.earliest());
        add(
            "distillstream_partition_held_back_seconds",
            "Seconds for which an open transaction has kept read_committed consumers of a partition"
                + " from going on; 0 for none.",
            labels,
            ends.heldBackSeconds());
      }
      sample.groups().forEach(this::group);
      add(
          "kafka_consumergroup_poll_time_ms",
          "Milliseconds that the last measurement of lag took.",
          cluster,
          sample.took().toMillis());
      List<MetricSnapshot> built = new ArrayList<>();
      gauges.values().forEach(gauge -> built.add(gauge.build()));
      return new MetricSnapshots(built);
    }

    private void group(GroupLag group) {
      Labels labels = cluster.merge(Labels.of("group", group.group()));
      List<Lag> lags =
          group.topics().stream()
              .flatMap(topic -> topic.partitions().stream())
              .map(Partition::lag)
              .toList();
      add(
          "kafka_consumergroup_group_max_lag",
          "Records that a group has still to read on the partition where it is farthest behind.",
          labels,
          lags.stream().mapToLong(Lag::records).max().orElse(0));
      add(
          "kafka_consumergroup_group_max_lag_seconds",
          "Age of the oldest record that a group has still to read, in seconds; 0 for none.",
          labels,
          group.lag().seconds());
      add(
          "kafka_consumergroup_group_sum_lag",
          "Records that a group has still to read.",
          labels,
          group.lag().records());
      for (Topic topic : group.topics()) {
        add(
            "kafka_consumergroup_group_topic_sum_lag",
            "Records that a group has still to read on a topic.",
            labels.merge(Labels.of("topic", topic.topic())),
            topic.lag().records());
        topic
            .partitions()
            .forEach(one -> partition(partition(labels, topic.topic(), one.partition()), one));
      }
    }

    private void partition(Labels labels, Partition partition) {
      add(
          "kafka_consumergroup_group_offset",
          "Offset that a group has committed on a partition.",
          labels,
          partition.committed());
      add(
          "kafka_consumergroup_group_lag",
          "Committed records that a group has still to read on a partition.",
          labels,
          partition.lag().records());
      add(
          "kafka_consumergroup_group_lag_seconds",
          "Age of the next record that a group reads on a partition, in seconds; 0 for none.",
          labels,
          partition.lag().seconds());
      add(
          "distillstream_consumergroup_lag_exact",
          "1 where the records of the lag were counted, 0 where it is an upper bound from offsets.",
          labels,
          partition.lag().exact() ? 1 : 0);
      add(
          "distillstream_consumergroup_lost_records",
          "Records that were deleted before a group had read them.",
          labels,
          partition.lag().lost());
    }

    private static Labels partition(Labels labels, String topic, int partition) {
      return labels.merge(Labels.of("topic", topic, "partition", Integer.toString(partition)));
    }

    private void add(String name, String help, Labels labels, @Nullable Number value) {
      if (value != null) {
        gauges
            .computeIfAbsent(name, absent -> GaugeSnapshot.builder().name(name).help(help))
            .dataPoint(new GaugeDataPointSnapshot(value.doubleValue(), labels, null));
      }
    }
  }
}
