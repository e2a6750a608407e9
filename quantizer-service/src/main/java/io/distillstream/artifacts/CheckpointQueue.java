package io.distillstream.artifacts;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.EventTimes;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.payload.EventTimeHistogram;
import io.distillstream.wire.scan.Stretch;
import io.distillstream.wire.scan.TopicScan;
import io.distillstream.wire.trace.TraceHeaders;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one model, of which only the newest counts. The event times of all others
 * since the last publication are owed to the next one.
 *
 * <p>Committed offsets move on with every checkpoint seen. Their metadata says from which offset on
 * event times are owed, so a restart (or another instance that takes over) reads that stretch again
 * and owes the same. Owns its consumer; not thread-safe except for {@link #wakeUp}.
 */
final class CheckpointQueue implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CheckpointQueue.class);
  private static final Duration CATCH_UP = Duration.ofMillis(100);
  private static final String OWED_FROM = "owed-from=";

  /** A member that works for longer is taken for stuck, and its work is thrown away. */
  private static final int LONGEST_JOB_MILLIS = 3_600_000;

  private final ServiceContext context;
  private final String model;
  private final Codec<Checkpoint> codec;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Map<TopicPartition, Progress> progress = new HashMap<>();
  private final EventTimeHistogram owed = new EventTimeHistogram();
  private long publishedVersion;
  private long seenVersion;

  /** The newest version since the publication that an operator restored; 0 for none. */
  private long restoredVersion;

  private boolean takenOver;
  private CommittedVersion trained = CommittedVersion.UNKNOWN;

  /** What was read at once, and the newest's trace; to be settled in one transaction. */
  record Batch(
      Optional<Checkpoint> newest,
      SpanContext trace,
      int superseded,
      List<ProducerRecord<String, byte[]>> deadLetters) {}

  /**
   * Where a partition stands.
   *
   * @param next offset to read next
   * @param owedFrom first offset whose event times no publication has carried
   */
  private record Progress(long next, long owedFrom) {}

  CheckpointQueue(ServiceContext context, QuantizerSettings settings, long publishedVersion) {
    this.context = context;
    this.model = settings.model();
    this.publishedVersion = publishedVersion;
    this.codec = context.wire().codec(Topics.CHECKPOINTS, context.pipeline());
    this.consumer = new KafkaConsumer<>(consumerProperties(context, settings));
    consumer.subscribe(List.of(codec.topic()), new Assignment());
  }

  /**
   * The member is named after the instance: one that was killed is replaced by its successor at
   * once, which would otherwise wait until the brokers miss it.
   */
  private static Map<String, Object> consumerProperties(
      ServiceContext context, QuantizerSettings settings) {
    Map<String, Object> properties =
        context
            .cluster()
            .consumerProperties(
                ConsumerGroups.quantizer(context.pipeline(), settings.model(), settings.channel()));
    properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, context.instance());
    properties.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, LONGEST_JOB_MILLIS);
    return properties;
  }

  /** Waits for checkpoints and reads on until there are no more; empty if none came in time. */
  Optional<Batch> next(Duration patience) {
    ConsumerRecords<String, byte[]> records = consumer.poll(patience);
    if (records.isEmpty()) {
      return Optional.empty();
    }
    Checkpoint newest = null;
    SpanContext trace = SpanContext.getInvalid();
    int superseded = 0;
    List<ProducerRecord<String, byte[]>> deadLetters = new ArrayList<>();
    for (; !records.isEmpty(); records = consumer.poll(CATCH_UP)) {
      trained = CommittedVersion.read(context, model);
      for (ConsumerRecord<String, byte[]> record : records) {
        passed(record);
        try {
          Checkpoint checkpoint = codec.decode(record.value());
          if (owes(checkpoint)) {
            superseded += newest == null ? 0 : 1;
            // An old checkpoint that was sent again comes last and is not the newest.
            if (newest == null || checkpoint.getVersion() > newest.getVersion()) {
              newest = checkpoint;
              trace = TraceHeaders.read(record.headers());
            }
            owed.merge(checkpoint.getEventTimes());
          }
        } catch (UndecodableRecordException | IllegalArgumentException e) {
          log.warn("Checkpoint at {} is left out: {}", origin(record), e.getMessage());
          deadLetters.add(
              DeadLetters.of(context.pipeline(), record, String.valueOf(e.getMessage())));
        }
      }
    }
    return Optional.of(new Batch(Optional.ofNullable(newest), trace, superseded, deadLetters));
  }

  /** Event times of every checkpoint read that no publication has carried. */
  EventTimes owedTimes() {
    return owed.toAvro();
  }

  /**
   * Whether an operator restored this version, or one that it continues, since the last
   * publication. A restored version is an ancestor of every later one, unless that or one between
   * them is restored, too.
   */
  boolean restored(long version) {
    return restoredVersion > 0 && restoredVersion <= version;
  }

  /**
   * Whether partitions were assigned since this was last asked. Until then another instance may
   * have published.
   */
  boolean tookOver() {
    boolean result = takenOver;
    takenOver = false;
    return result;
  }

  /** Whether this instance is the one that publishes, as far as it knows. */
  boolean works() {
    return !consumer.assignment().isEmpty();
  }

  /** Offsets to commit, with a publication or without; a publication pays what is owed. */
  Map<TopicPartition, OffsetAndMetadata> offsets(boolean published) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    progress.forEach(
        (partition, at) ->
            offsets.put(
                partition,
                new OffsetAndMetadata(
                    at.next(), OWED_FROM + (published ? at.next() : at.owedFrom()))));
    return offsets;
  }

  /** To be called after the offsets of a publication were committed. */
  void published(long version) {
    publishedVersion = version;
    owed.clear();
    restoredVersion = 0;
    progress.replaceAll((partition, at) -> new Progress(at.next(), at.next()));
  }

  ConsumerGroupMetadata group() {
    return consumer.groupMetadata();
  }

  /** Ends a wait in {@link #next}; may be called from any thread. */
  void wakeUp() {
    consumer.wakeup();
  }

  /** Leaves the group, so that one that stands by goes on at once. */
  @Override
  public void close() {
    consumer.close(
        CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
  }

  private void passed(ConsumerRecord<String, byte[]> record) {
    long next = record.offset() + 1;
    progress.compute(
        new TopicPartition(record.topic(), record.partition()),
        (partition, at) ->
            at == null ? new Progress(next, record.offset()) : new Progress(next, at.owedFrom()));
  }

  /**
   * @throws IllegalArgumentException if it is not the trainer's
   */
  private boolean owes(Checkpoint checkpoint) {
    if (!checkpoint.getModel().equals(model)) {
      return false;
    }
    trained.require(checkpoint);
    seenVersion = Math.max(seenVersion, checkpoint.getVersion());
    if (checkpoint.getCopy() && checkpoint.getVersion() < seenVersion) {
      return false;
    }
    if (checkpoint.getVersion() <= publishedVersion) {
      log.warn(
          "Checkpoint {} of {} is skipped: version {} is published already",
          checkpoint.getVersion(),
          model,
          publishedVersion);
      return false;
    }
    if (checkpoint.getRestored() != null) {
      restoredVersion = Math.max(restoredVersion, checkpoint.getVersion());
    }
    return true;
  }

  private static String origin(ConsumerRecord<String, byte[]> record) {
    return "%s-%d offset %d".formatted(record.topic(), record.partition(), record.offset());
  }

  /** Takes over what the committed offsets say is owed. */
  private final class Assignment implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      takenOver |= !partitions.isEmpty();
      trained = CommittedVersion.read(context, model);
      consumer
          .committed(new HashSet<>(partitions))
          .forEach(
              (partition, committed) -> {
                if (committed != null) {
                  long from = owedFrom(committed);
                  progress.put(partition, new Progress(committed.offset(), from));
                  read(new Stretch(partition, from, committed.offset()));
                }
              });
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      progress.clear();
      owed.clear();
      restoredVersion = 0;
    }

    private void read(Stretch owing) {
      try (TopicScan scan = new TopicScan(context.cluster())) {
        scan.read(List.of(owing), this::owe);
      }
    }

    private void owe(ConsumerRecord<String, byte[]> record) {
      try {
        Checkpoint checkpoint = codec.decode(record.value());
        if (owes(checkpoint)) {
          owed.merge(checkpoint.getEventTimes());
        }
      } catch (UndecodableRecordException | IllegalArgumentException e) {
        log.debug("Checkpoint at {} is in the dead letters already", origin(record), e);
      }
    }

    private long owedFrom(OffsetAndMetadata committed) {
      @Nullable String metadata = committed.metadata();
      if (metadata == null || !metadata.startsWith(OWED_FROM)) {
        return committed.offset();
      }
      return Long.parseLong(metadata.substring(OWED_FROM.length()));
    }
  }
}
