package io.distillstream.joiner;

import io.distillstream.avro.Input;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TrainingExample;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.payload.LogitsCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What is joined, and what becomes of it, on a real broker. */
final class JoinerTraffic {

  private JoinerTraffic() {}

  static void install(Pipeline pipeline, ClusterConnection connection) {
    try (Admin admin = Admin.create(connection.adminProperties());
        WireFormat wire = new WireFormat(connection)) {
      TopicInstaller.install(admin, wire, pipeline);
    }
  }

  static void label(
      ServiceContext context, KafkaProducer<String, byte[]> producer, int from, int to) {
    Codec<SoftLabel> codec = context.wire().codec(Topics.SOFT_LABELS, context.pipeline());
    for (int i = from; i < to; i++) {
      SoftLabel label =
          new SoftLabel(
              "id-" + i,
              new Input("text " + i),
              "teacher",
              "v1",
              "space",
              1,
              LogitsCodec.encode(new float[] {i, -i}),
              Instant.now(),
              Instant.now(),
              null,
              null);
      producer.send(new ProducerRecord<>(codec.topic(), "id-" + i, codec.encode(label)));
    }
    producer.flush();
  }

  /** Everything committed so far. */
  static List<TrainingExample> examples(ServiceContext context) throws Exception {
    Codec<TrainingExample> codec =
        context.wire().codec(Topics.TRAINING_EXAMPLES, context.pipeline());
    List<TrainingExample> examples = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(context.cluster().readerProperties())) {
      List<TopicPartition> partitions =
          IntStream.range(0, Topics.TRAINING_EXAMPLES.partitions())
              .mapToObj(p -> new TopicPartition(codec.topic(), p))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          examples.add(codec.decode(record.value()));
        }
      }
    }
    return examples;
  }
}
