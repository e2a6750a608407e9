package io.distillstream.gateway;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.gateway.hawkbit.fleet.ChannelName;
import io.distillstream.gateway.hawkbit.fleet.Fleet;
import io.distillstream.gateway.hawkbit.fleet.Reported;
import io.distillstream.gateway.hawkbit.fleet.Target;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.update.UpdateSubscription;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows what devices report, by whichever gateway, from the beginning of the topic on. */
final class ReportReader implements TopicThread.Reading {

  private static final Logger log = LoggerFactory.getLogger(ReportReader.class);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Codec<DeviceReport> codec;
  private final Fleet fleet;
  private final Consumer<String, byte[]> consumer;

  /** Where the topic ended when it was connected to. */
  private final Map<TopicPartition, Long> history;

  /** Connects. */
  ReportReader(ServiceContext context, Fleet fleet) {
    this.codec = context.wire().codec(Topics.DEVICE_REPORTS, context.pipeline());
    this.fleet = fleet;
    this.consumer = new KafkaConsumer<>(context.cluster().readerProperties());
    boolean opened = false;
    try {
      List<TopicPartition> partitions = UpdateSubscription.partitions(consumer, codec.topic());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      history = consumer.endOffsets(partitions);
      opened = true;
    } finally {
      if (!opened) {
        consumer.close();
      }
    }
  }

  @Override
  public void step() {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
      read(record);
    }
    if (!fleet.isComplete()
        && history.entrySet().stream()
            .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
      fleet.complete();
    }
  }

  private void read(ConsumerRecord<String, byte[]> record) {
    try {
      DeviceReport report = codec.decode(record.value());
      fleet.read(
          new Target(new ChannelName(report.getModel(), report.getChannel()), report.getDeviceId()),
          new Reported(
              report.getVersion(),
              report.getEvent() == DeviceEvent.INSTALLED,
              record.partition(),
              record.offset(),
              notAhead(report.getAt())));
    } catch (UndecodableRecordException e) {
      log.warn(
          "Report at {}-{} offset {} skipped: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }

  /** A device's clock may be wrong by years. */
  private static Instant notAhead(Instant at) {
    Instant now = Instant.now();
    return at.isBefore(now) ? at : now;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
