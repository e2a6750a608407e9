package io.distillstream.chaos.watch;

import static java.util.Objects.requireNonNull;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.chaos.process.Stage;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what joiner, trainer and quantizer commit, from their first record on, past all faults but
 * those of the cluster itself. It remembers every checkpoint, also those that the trainer deletes.
 * Records that a fault wrote bear {@link #PLANTED} and count as nobody's output.
 */
public final class CommittedOutput implements AutoCloseable {
  /** The header of every record that a fault wrote. */
  public static final String PLANTED = "chaos-planted";

  /** The model, and the key of the updates on its channel. */
  public static final String MODEL = "student";

  private static final String UPDATE_KEY = MODEL + "/stable";
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Map<Stage, Topic<?>> OUTPUTS =
      new EnumMap<>(
          Map.of(
              Stage.JOINER, Topics.TRAINING_EXAMPLES,
              Stage.TRAINER, Topics.CHECKPOINTS,
              Stage.QUANTIZER, Topics.MODEL_UPDATES));
  private static final Logger log = LoggerFactory.getLogger(CommittedOutput.class);

  private final Pipeline pipeline;
  private final WireFormat wire;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Admin admin;
  private final List<TopicPartition> partitions;
  private final Map<TopicPartition, Long> newest = new ConcurrentHashMap<>();
  private final NavigableMap<Long, Checkpoint> checkpoints = new TreeMap<>();
  private final Set<Long> published = new HashSet<>();
  private final Thread thread = new Thread(this::run, "committed-output");
  private volatile boolean closing;

  /** Begins to read; the topics must exist. */
  public CommittedOutput(ClusterConnection cluster, Pipeline pipeline) {
    this.pipeline = pipeline;
    this.wire = new WireFormat(cluster);
    this.consumer = new KafkaConsumer<>(cluster.readerProperties());
    this.admin = Admin.create(cluster.adminProperties());
    this.partitions =
        OUTPUTS.values().stream()
            .flatMap(topic -> consumer.partitionsFor(topic.in(pipeline)).stream())
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    Codec<Checkpoint> manifests = wire.codec(Topics.CHECKPOINTS, pipeline);
    Map<String, Codec<?>> codecs =
        Map.of(
            Topics.TRAINING_EXAMPLES.in(pipeline), wire.codec(Topics.TRAINING_EXAMPLES, pipeline),
            Topics.MODEL_UPDATES.in(pipeline), wire.codec(Topics.MODEL_UPDATES, pipeline));
    while (!closing) {
      try {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.headers().lastHeader(PLANTED) == null && record.value() != null) {
            take(record, manifests, codecs);
          }
        }
      } catch (InterruptException e) {
        return;
      } catch (KafkaException e) {
        log.debug("Nothing to read at present", e);
      }
    }
  }

  private void take(
      ConsumerRecord<String, byte[]> record,
      Codec<Checkpoint> manifests,
      Map<String, Codec<?>> codecs) {
    try {
      if (record.topic().equals(manifests.topic())) {
        if (!MODEL.equals(record.key())) {
          return;
        }
        Checkpoint checkpoint = manifests.decode(record.value());
        synchronized (this) {
          checkpoints.put(checkpoint.getVersion(), checkpoint);
        }
      } else {
        SpecificRecord value = requireNonNull(codecs.get(record.topic())).decode(record.value());
        if (value instanceof ModelUpdate update) {
          if (!UPDATE_KEY.equals(record.key())) {
            return;
          }
          synchronized (this) {
            published.add(update.getVersion());
          }
        }
      }
      newest.put(new TopicPartition(record.topic(), record.partition()), record.offset());
    } catch (UndecodableRecordException e) {
      log.debug("No output at offset {} of {}", record.offset(), record.topic(), e);
    }
  }

  /** A moment in the topics. */
  public record Mark(Map<TopicPartition, Long> ends) {}

  /**
   * Where the committed records end now.
   *
   * @param patience within which the brokers have to say so
   * @return empty if they did not
   */
  public Optional<Mark> mark(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    while (System.nanoTime() < deadline) {
      try {
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin
            .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
            .all()
            .get(5, TimeUnit.SECONDS)
            .forEach((partition, end) -> ends.put(partition, end.offset()));
        return Optional.of(new Mark(ends));
      } catch (ExecutionException | TimeoutException e) {
        log.debug("The brokers do not answer", e);
        TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
      }
    }
    return Optional.empty();
  }

  /** Whether joiner, trainer or quantizer committed something after that moment. */
  public boolean advanced(Stage stage, Mark since) {
    Topic<?> topic = OUTPUTS.get(stage);
    if (topic == null) {
      throw new IllegalArgumentException(stage + " commits no output that is read here");
    }
    String name = topic.in(pipeline);
    return since.ends().entrySet().stream()
        .filter(end -> end.getKey().topic().equals(name))
        .anyMatch(end -> newest.getOrDefault(end.getKey(), -1L) >= end.getValue());
  }

  /** Every checkpoint that was ever committed, by version. */
  public synchronized NavigableMap<Long, Checkpoint> checkpoints() {
    return new TreeMap<>(checkpoints);
  }

  /** Every version that the quantizer published. */
  public synchronized Set<Long> published() {
    return new HashSet<>(published);
  }

  /** The newest of them; 0 before the first. */
  public synchronized long newestPublished() {
    return published.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    consumer.close();
    admin.close(Duration.ZERO);
    wire.close();
  }
}
