package io.distillstream.monitor;

import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.StageReport;
import io.distillstream.lag.LagCollector;
import io.distillstream.lag.LagSample;
import io.distillstream.monitor.view.PipelineView;
import io.distillstream.monitor.view.Snapshot;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitor's own thread: reads the topics into a {@link PipelineView} and hands out a snapshot
 * each second. In no group and commits nothing, so that any number of monitors may watch.
 *
 * <p>Checkpoints, training events, updates, device reports and dead letters are read from their
 * beginning; what the stages said of themselves only from a minute ago.
 */
final class TopicReader implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration STAGE_HISTORY = Duration.ofMinutes(1);

  /** Decodes one topic's records into the view. */
  private interface Reading {
    void read(ConsumerRecord<String, byte[]> record) throws UndecodableRecordException;
  }

  /** Takes one decoded record. */
  private interface Taker<T> {
    void take(PipelineView view, T record);
  }

  private final ServiceContext context;
  private final MonitorSettings settings;
  private final PipelineGroups groups;
  private final LagCollector lag;
  private final Clock clock;
  private final java.util.function.Consumer<Snapshot> publish;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Map<String, Reading> readings = new HashMap<>();

  /** Where the stages' partitions ended when reading began: what lies before is history. */
  private Map<TopicPartition, Long> historyEnds = Map.of();

  private PipelineView view;
  private Snapshot last;
  private boolean cutOff;

  TopicReader(
      ServiceContext context,
      MonitorSettings settings,
      PipelineGroups groups,
      LagCollector lag,
      Clock clock,
      java.util.function.Consumer<Snapshot> publish) {
    this.context = context;
    this.settings = settings;
    this.groups = groups;
    this.lag = lag;
    this.clock = clock;
    this.publish = publish;
    this.view = emptyView();
    this.last = Snapshot.of(view, clock.instant(), null);
    on(Topics.CHECKPOINTS, PipelineView::checkpoint);
    on(Topics.TRAINING_EVENTS, PipelineView::event);
    on(Topics.MODEL_UPDATES, PipelineView::update);
    on(Topics.DEVICE_REPORTS, (target, report) -> target.device(notAhead(report)));
    Codec<StageReport> reports = context.wire().codec(Topics.STAGE_REPORTS, context.pipeline());
    readings.put(
        reports.topic(),
        record -> {
          StageReport report = reports.decode(record.value());
          view.stage(report, heardAt(record, report.getAt()));
        });
    readings.put(context.pipeline().deadLetters(), this::deadLetter);
  }

  /** Asks the thread to end at its next step. */
  void stop() {
    stopped.countDown();
  }

  @Override
  public void run() {
    boolean stop = false;
    while (!stop) {
      try {
        follow();
      } catch (RuntimeException e) {
        // Whatever it is, it must not end the page.
        log.debug("Reading failed", e);
        cutOff(e);
      }
      stop = waitToStop();
    }
  }

  /** An outage is one line, however often it is tried to end it. */
  private void cutOff(RuntimeException cause) {
    if (stopped.getCount() > 0 && !cutOff) {
      log.warn("The topics of {} cannot be read: {}", context.pipeline(), cause.toString());
      cutOff = true;
    }
    publish(false);
  }

  private boolean waitToStop() {
    try {
      return stopped.await(TICK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void follow() {
    try (Consumer<String, byte[]> consumer =
        new KafkaConsumer<>(context.cluster().readerProperties())) {
      List<TopicPartition> partitions = new ArrayList<>();
      readings.keySet().forEach(topic -> partitions.addAll(partitions(consumer, topic)));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      seekToRecentStageReports(consumer, partitions);
      // Everything is read again, so everything is counted again.
      view = emptyView();
      long nextTick = System.nanoTime();
      cutOff = false;
      while (stopped.getCount() > 0) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          read(record);
        }
        if (System.nanoTime() >= nextTick) {
          publish(lag.fresh());
          nextTick = System.nanoTime() + TICK.toNanos();
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
      throw new KafkaException("Topic " + topic + " does not exist yet");
    }
    return partitions;
  }

  private void seekToRecentStageReports(Consumer<?, ?> consumer, List<TopicPartition> partitions) {
    String topic = Topics.STAGE_REPORTS.in(context.pipeline());
    Map<TopicPartition, Long> since = new HashMap<>();
    for (TopicPartition partition : partitions) {
      if (partition.topic().equals(topic)) {
        since.put(partition, clock.instant().minus(STAGE_HISTORY).toEpochMilli());
      }
    }
    historyEnds = consumer.endOffsets(since.keySet());
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(since);
    for (TopicPartition partition : since.keySet()) {
      OffsetAndTimestamp offset = found.get(partition);
      if (offset == null) {
        consumer.seekToEnd(List.of(partition));
      } else {
        consumer.seek(partition, offset.offset());
      }
    }
  }

  private void read(ConsumerRecord<String, byte[]> record) {
    try {
      Reading reading = readings.get(record.topic());
      if (reading != null) {
        reading.read(record);
      }
    } catch (UndecodableRecordException | IllegalArgumentException e) {
      // The monitor only watches: who works on the record sends it to the dead letters.
      log.warn(
          "Record at {}-{} offset {} skipped: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
    }
  }

  private <T extends SpecificRecord> void on(Topic<T> topic, Taker<T> taker) {
    Codec<T> codec = context.wire().codec(topic, context.pipeline());
    readings.put(codec.topic(), record -> taker.take(view, codec.decode(record.value())));
  }

  /** A clock that runs ahead by years would make whoever has it fresh for ever. */
  private DeviceReport notAhead(DeviceReport report) {
    Instant now = clock.instant();
    return report.getAt().isAfter(now)
        ? DeviceReport.newBuilder(report).setAt(now).build()
        : report;
  }

  /** What comes in is heard now, whatever the sender's clock says; history has only that. */
  private Instant heardAt(ConsumerRecord<?, ?> record, Instant saidAt) {
    Instant now = clock.instant();
    long end = historyEnds.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
    return record.offset() < end && saidAt.isBefore(now) ? saidAt : now;
  }

  private void deadLetter(ConsumerRecord<String, byte[]> record) {
    view.deadLetter(
        Instant.ofEpochMilli(record.timestamp()),
        header(record, DeadLetters.TOPIC),
        header(record, DeadLetters.ERROR));
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? "unknown"
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  private void publish(boolean connected) {
    view.connected(connected);
    LagSample measured = lag.last();
    view.lags(groups.stages(measured), measured.groups());
    last = Snapshot.of(view, clock.instant(), last);
    publish.accept(last);
  }

  private PipelineView emptyView() {
    return new PipelineView(
        context.pipeline().name(), settings.model(), settings.recent(), settings.freshness());
  }
}
