package io.distillstream.joiner;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TrainingExample;
import io.distillstream.joiner.weight.Tally;
import io.distillstream.joiner.weight.WeightSettings;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.trace.Spans;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Soft labels and ground truth in, training examples and dead letters out.
 *
 * <p>Values are read as bytes and decoded by the processor, so that a record that cannot be decoded
 * becomes a dead letter with its bytes as they were. Stores are in memory, backed by changelogs.
 */
final class JoinerTopology {

  static final String PENDING = "pending";
  static final String JOINED = "joined";
  static final String EARLY_TRUTH = "early-truth";
  static final String CORRECTABLE = "correctable";
  static final String ACCURACY = "teacher-accuracy";
  static final String TRAINING_EXAMPLES = "training-examples";
  static final String DEAD_LETTERS = "dead-letters";

  private static final String SOFT_LABELS = "soft-labels";
  private static final String GROUND_TRUTH = "ground-truth";
  private static final String JOIN = "join";

  private JoinerTopology() {}

  /**
   * @param labels of the teachers; needed where {@link WeightSettings#needLabels}
   */
  static Topology build(
      JoinerSettings settings,
      Optional<LabelSpace> labels,
      Pipeline pipeline,
      WireFormat wire,
      JoinListener listener,
      Spans spans) {
    Codec<SoftLabel> softLabels = wire.codec(Topics.SOFT_LABELS, pipeline);
    Codec<GroundTruth> groundTruth = wire.codec(Topics.GROUND_TRUTH, pipeline);
    Codec<TrainingExample> trainingExamples = wire.codec(Topics.TRAINING_EXAMPLES, pipeline);
    return new Topology()
        .addSource(
            AutoOffsetReset.earliest(),
            SOFT_LABELS,
            new StringDeserializer(),
            new ByteArrayDeserializer(),
            softLabels.topic())
        .addSource(
            AutoOffsetReset.earliest(),
            GROUND_TRUTH,
            new StringDeserializer(),
            new ByteArrayDeserializer(),
            groundTruth.topic())
        .addProcessor(
            JOIN,
            () ->
                new JoinProcessor(
                    settings,
                    labels,
                    new JoinProcessor.Codecs(softLabels, groundTruth, trainingExamples),
                    listener,
                    new JoinSpans(spans, softLabels.topic())),
            SOFT_LABELS,
            GROUND_TRUTH)
        .addStateStore(examples(PENDING, CodecSerde.of(trainingExamples)), JOIN)
        .addStateStore(examples(CORRECTABLE, Serdes.ByteArray()), JOIN)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(ACCURACY), Serdes.String(), Tally.serde()),
            JOIN)
        .addStateStore(recent(JOINED, Serdes.Long(), settings.retention()), JOIN)
        .addStateStore(recent(EARLY_TRUTH, Serdes.String(), settings.retention()), JOIN)
        .addSink(
            TRAINING_EXAMPLES,
            trainingExamples.topic(),
            new StringSerializer(),
            new ByteArraySerializer(),
            JOIN)
        .addSink(
            DEAD_LETTERS,
            pipeline.deadLetters(),
            new StringSerializer(),
            new ByteArraySerializer(),
            JOIN);
  }

  private static <V> StoreBuilder<TimestampedKeyValueStore<String, V>> examples(
      String name, Serde<V> serde) {
    return Stores.timestampedKeyValueStoreBuilder(
        Stores.inMemoryKeyValueStore(name), Serdes.String(), serde);
  }

  private static <V> StoreBuilder<WindowStore<String, V>> recent(
      String name, Serde<V> serde, Duration retention) {
    return Stores.windowStoreBuilder(
        Stores.inMemoryWindowStore(
            name, RecentIds.storeRetention(retention), RecentIds.bucket(retention), false),
        Serdes.String(),
        serde);
  }
}
