package io.distillstream.local.feed;

import static java.util.Objects.requireNonNull;

import io.distillstream.avro.InferenceRequest;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** The texts of the traffic that {@code <pipeline>.requests} holds at present. */
public final class LoggedTexts {
  private static final Duration POLL = Duration.ofMillis(200);

  private LoggedTexts() {}

  /** Reads the topic once, from its beginnings to its present ends; skips what is no text. */
  public static void read(ClusterConnection cluster, Pipeline pipeline, Consumer<String> each) {
    try (WireFormat wire = new WireFormat(cluster.registryUrl());
        KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.readerProperties())) {
      Codec<InferenceRequest> codec = wire.codec(Topics.REQUESTS, pipeline);
      List<TopicPartition> partitions =
          consumer.partitionsFor(codec.topic()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      // Positions and not records tell the end: the last offsets may be control records.
      while (partitions.stream()
          .anyMatch(
              partition -> consumer.position(partition) < requireNonNull(ends.get(partition)))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          accept(codec, record.value(), each);
        }
      }
    }
  }

  private static void accept(Codec<InferenceRequest> codec, byte[] value, Consumer<String> each) {
    try {
      InferenceRequest request = codec.decode(value);
      String text = request.getInput().getText();
      if (text != null && request.getAugmentation() == null) {
        each.accept(text);
      }
    } catch (UndecodableRecordException e) {
      // The services send it to the dead letters; it has no text to count.
    }
  }
}
