package io.distillstream.monitor;

import io.distillstream.monitor.view.WatchedStage;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the lag of every stage that has a consumer group, every two seconds on a thread of its
 * own: the end of its input as a {@code read_committed} reader sees it, less the group's committed
 * offset. Where nothing was committed yet, the whole partition is waiting.
 *
 * <p>Ends are those of committed records on purpose: what an open transaction has written is
 * nobody's work yet. Offsets count the markers that end transactions too, so that a stage which has
 * read everything may show a few.
 */
final class LagProbe implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LagProbe.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration STALE_AFTER = Duration.ofSeconds(7);

  /** What was measured last, and when. */
  private record Measurement(Map<WatchedStage, Long> lags, Instant at) {}

  private final Pipeline pipeline;
  private final String model;
  private final Clock clock;
  private final Admin admin;
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "monitor-lag");
            thread.setDaemon(true);
            return thread;
          });
  private final ScheduledFuture<?> measuring;
  private volatile Measurement last = new Measurement(Map.of(), Instant.EPOCH);

  LagProbe(ClusterConnection cluster, Pipeline pipeline, String model, Clock clock) {
    this.pipeline = pipeline;
    this.model = model;
    this.clock = clock;
    this.admin = Admin.create(cluster.adminProperties());
    this.measuring =
        scheduler.scheduleWithFixedDelay(
            this::measure, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The last measurement, in records. */
  Map<WatchedStage, Long> lags() {
    return last.lags();
  }

  /** Whether the brokers answered lately. */
  boolean fresh() {
    return last.at().plus(STALE_AFTER).isAfter(clock.instant());
  }

  private void measure() {
    try {
      last = new Measurement(measureNow(), clock.instant());
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      // The page says that the figures are old; the next measurement is two seconds away.
      log.debug("Lag could not be measured", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<WatchedStage, Long> measureNow()
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<WatchedStage, List<TopicPartition>> inputs = inputs();
    Map<TopicPartition, OffsetSpec> beginnings = new HashMap<>();
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    inputs
        .values()
        .forEach(
            partitions ->
                partitions.forEach(
                    partition -> {
                      beginnings.put(partition, OffsetSpec.earliest());
                      ends.put(partition, OffsetSpec.latest());
                    }));
    ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, ListOffsetsResultInfo> from =
        await(admin.listOffsets(beginnings, committed).all());
    Map<TopicPartition, ListOffsetsResultInfo> to = await(admin.listOffsets(ends, committed).all());
    List<String> groups =
        await(admin.listGroups().valid()).stream().map(GroupListing::groupId).toList();
    Map<WatchedStage, Long> lags = new EnumMap<>(WatchedStage.class);
    for (Map.Entry<WatchedStage, List<TopicPartition>> input : inputs.entrySet()) {
      // Of several groups the one that is farthest behind; of none, all is waiting.
      long lag = 0;
      List<String> own = input.getKey().groups(pipeline, model, groups);
      for (String group : own) {
        Map<TopicPartition, OffsetAndMetadata> done =
            await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        lag = Math.max(lag, waiting(input.getValue(), from, to, done));
      }
      lags.put(input.getKey(), own.isEmpty() ? waiting(input.getValue(), from, to, Map.of()) : lag);
    }
    return lags;
  }

  private static long waiting(
      List<TopicPartition> partitions,
      Map<TopicPartition, ListOffsetsResultInfo> from,
      Map<TopicPartition, ListOffsetsResultInfo> to,
      Map<TopicPartition, OffsetAndMetadata> done) {
    long waiting = 0;
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata offset = done.get(partition);
      long begin = offsetOf(from, partition);
      long position = offset == null ? begin : Math.max(begin, offset.offset());
      waiting += Math.max(0, offsetOf(to, partition) - position);
    }
    return waiting;
  }

  /** The partitions that each stage's group reads, as the brokers have them. */
  private Map<WatchedStage, List<TopicPartition>> inputs()
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<WatchedStage, List<TopicPartition>> inputs = new EnumMap<>(WatchedStage.class);
    for (WatchedStage stage : WatchedStage.values()) {
      if (stage.inputs().isEmpty()) {
        continue;
      }
      List<String> topics = stage.inputs().stream().map(topic -> name(topic)).toList();
      List<TopicPartition> partitions = new ArrayList<>();
      for (TopicDescription topic : await(admin.describeTopics(topics).allTopicNames()).values()) {
        topic
            .partitions()
            .forEach(info -> partitions.add(new TopicPartition(topic.name(), info.partition())));
      }
      inputs.put(stage, partitions);
    }
    return inputs;
  }

  private String name(Topic<?> topic) {
    return topic.in(pipeline);
  }

  private static long offsetOf(
      Map<TopicPartition, ListOffsetsResultInfo> offsets, TopicPartition partition) {
    ListOffsetsResultInfo offset = offsets.get(partition);
    return offset == null ? 0 : offset.offset();
  }

  private static <T> T await(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException, TimeoutException {
    return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    measuring.cancel(true);
    scheduler.shutdownNow();
    admin.close(Duration.ofSeconds(1));
  }
}
