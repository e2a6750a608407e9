package io.distillstream.device;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.StageReport;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.blob.BlobReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device's own thread: reads manifests from the beginning of the topic, which is compacted to
 * the newest of each key, hands them to the {@link Installer}, and delivers the reports that wait
 * in the folder. While the cluster is away it keeps trying; the device answers all the same.
 */
final class UpdateFollower implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(UpdateFollower.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration BACK_OFF = Duration.ofSeconds(2);

  private final DeviceSettings settings;
  private final ModelFolder folder;
  private final Installer installer;
  private final Supplier<StageReport> stageReport;
  private final CountDownLatch stopped = new CountDownLatch(1);

  UpdateFollower(
      DeviceSettings settings,
      ModelFolder folder,
      Installer installer,
      Supplier<StageReport> stageReport) {
    this.settings = settings;
    this.folder = folder;
    this.installer = installer;
    this.stageReport = stageReport;
  }

  /** Asks the thread to end at its next step. */
  void stop() {
    stopped.countDown();
  }

  @Override
  public void run() {
    boolean stop = stopped.getCount() == 0;
    while (!stop) {
      try {
        follow();
      } catch (KafkaException | RegistryUnavailableException | IOException e) {
        if (stopped.getCount() > 0) {
          log.warn(
              "Updates of {} cannot be followed, next try in {}: {}",
              settings.updateKey(),
              BACK_OFF,
              e.toString());
        }
      }
      stop = waitToStop(BACK_OFF);
    }
  }

  private boolean waitToStop(Duration time) {
    try {
      return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void follow() throws IOException {
    ClusterConnection cluster = settings.cluster();
    try (WireFormat wire = new WireFormat(cluster.registryUrl());
        Producer<String, byte[]> producer = new KafkaProducer<>(cluster.producerProperties());
        Consumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      Codec<ModelUpdate> updates = wire.codec(Topics.MODEL_UPDATES, settings.pipeline());
      ReportSender reports = new ReportSender(folder, producer, wire, settings.pipeline());
      BlobReader blobs =
          new BlobReader(cluster, wire.codec(Topics.MODEL_BLOBS, settings.pipeline()));

      List<TopicPartition> partitions = partitions(consumer, updates.topic());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> history = consumer.endOffsets(partitions);
      boolean caughtUp = false;
      long nextStageReport = System.nanoTime();
      while (stopped.getCount() > 0) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          read(record, updates);
        }
        // Of all that was published before, only the newest is worth a download.
        caughtUp = caughtUp || hasRead(consumer, history);
        if (caughtUp) {
          installer.advance(blobs::fetch);
        }
        reports.sendWaiting();
        if (!settings.stageReportEvery().isZero() && System.nanoTime() >= nextStageReport) {
          reports.send(stageReport.get());
          nextStageReport = System.nanoTime() + settings.stageReportEvery().toNanos();
        }
      }
    }
  }

  private static List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("Topic " + topic + " does not exist");
    }
    return partitions;
  }

  private static boolean hasRead(Consumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private void read(ConsumerRecord<String, byte[]> record, Codec<ModelUpdate> updates) {
    if (!settings.updateKey().equals(record.key())) {
      return;
    }
    try {
      installer.see(updates.decode(record.value()));
    } catch (UndecodableRecordException | IllegalArgumentException e) {
      // Not sent to the dead letters: thousands of devices would each send the same record.
      log.warn(
          "Manifest at {}-{} offset {} skipped: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }
}
