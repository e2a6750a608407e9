package io.distillstream.wire;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Records that a stage cannot use: their bytes as they were, with where they came from and why in
 * the headers. Whoever mends the cause can replay them.
 */
public final class DeadLetters {

  public static final String ERROR = "error";
  public static final String TOPIC = "topic";
  public static final String PARTITION = "partition";
  public static final String OFFSET = "offset";

  private DeadLetters() {}

  /** The dead letter for a record that was read from {@code topic}. */
  public static ProducerRecord<String, byte[]> of(
      Pipeline pipeline, ConsumerRecord<String, byte[]> record, String reason) {
    return new ProducerRecord<>(
        pipeline.deadLetters(),
        null,
        record.key(),
        record.value(),
        origin(record.headers(), record.topic(), record.partition(), record.offset(), reason));
  }

  /** Headers of a dead letter, for stages that do not see a {@link ConsumerRecord}. */
  public static Headers origin(
      @Nullable Headers original, String topic, int partition, long offset, String reason) {
    Headers headers =
        original == null ? new RecordHeaders() : new RecordHeaders(original.toArray());
    headers.add(ERROR, utf8(reason));
    headers.add(TOPIC, utf8(topic));
    headers.add(PARTITION, utf8(Integer.toString(partition)));
    headers.add(OFFSET, utf8(Long.toString(offset)));
    return headers;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
