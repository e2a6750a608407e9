package io.distillstream.chaos.fault;

import io.distillstream.chaos.watch.CommittedOutput;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Writes to topics as if it were a stage. Owns a producer. */
final class Planter implements AutoCloseable {
  /** Those whose one reader sends what it cannot decode to the dead letters. */
  private static final Set<Topic<?>> READ_BY_ONE =
      Set.of(
          Topics.REQUESTS,
          Topics.SOFT_LABELS,
          Topics.GROUND_TRUTH,
          Topics.TRAINING_EXAMPLES,
          Topics.CHECKPOINTS);

  private static final List<Header> MARK =
      List.of(new RecordHeader(CommittedOutput.PLANTED, "1".getBytes(StandardCharsets.US_ASCII)));

  private final Scene scene;
  private final Producer<String, byte[]> producer;

  Planter(Scene scene) {
    this.scene = scene;
    this.producer = new KafkaProducer<>(scene.processes().cluster().producerProperties());
  }

  /** The key under which the pipeline's own records would be. */
  static String key(Topic<?> topic) {
    return topic.equals(Topics.MODEL_UPDATES)
        ? CommittedOutput.MODEL + "/stable"
        : CommittedOutput.MODEL;
  }

  /**
   * Writes a record; returns when the broker has it.
   *
   * @param decodes whether a stage can decode it; what cannot be decoded must become a dead letter
   */
  void plant(Topic<?> topic, String key, byte[] value, boolean decodes)
      throws InterruptedException, ExecutionException {
    plant(topic, key, value, decodes, System.currentTimeMillis());
  }

  /**
   * @param timestamp of the record, in milliseconds
   */
  void plant(Topic<?> topic, String key, byte[] value, boolean decodes, long timestamp)
      throws InterruptedException, ExecutionException {
    RecordMetadata written =
        producer
            .send(
                new ProducerRecord<>(
                    topic.in(scene.processes().pipeline()), null, timestamp, key, value, MARK))
            .get();
    if (!decodes && READ_BY_ONE.contains(topic)) {
      scene.planted().add(written);
    }
  }

  /** Whether a fault wrote the record. */
  static boolean isPlanted(ConsumerRecord<String, byte[]> record) {
    return record.headers().lastHeader(CommittedOutput.PLANTED) != null;
  }

  @Override
  public void close() {
    producer.close();
  }
}
