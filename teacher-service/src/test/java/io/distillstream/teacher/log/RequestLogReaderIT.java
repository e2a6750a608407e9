package io.distillstream.teacher.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.teacher.publish.Publication;
import io.distillstream.teacher.publish.TrafficRecords;
import io.distillstream.teacher.queue.CountedTraffic;
import io.distillstream.teacher.queue.Fixtures;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.teacher.queue.QueueBounds;
import io.distillstream.teacher.queue.Window;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A further group's reader on a real broker. */
@Timeout(60)
@ExtendWith(SharedCluster.class)
class RequestLogReaderIT {

  private static final Pipeline PIPELINE = new Pipeline("reader-it");

  private final ClusterConnection connection;

  RequestLogReaderIT(EmbeddedCluster cluster) {
    connection = new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
  }

  @Test
  void shouldNotReadAgainWhatCameBeforeItsFirstStart() throws Exception {
    try (WireFormat wire = new WireFormat(connection.registryUrl())) {
      try (Admin admin = Admin.create(connection.adminProperties())) {
        TopicInstaller.install(admin, wire, PIPELINE);
      }
      log(Duration.ofHours(2), Duration.ofHours(1), Duration.ofMinutes(1));
      LabelQueue queue =
          new LabelQueue(
              new QueueBounds(
                  16, 2, 1, Duration.ZERO, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1)),
              Fixtures.fast());
      try (RequestLogReader reader =
          new RequestLogReader(
              this::member,
              new LoggedRequests(
                  new TrafficRecords(PIPELINE, wire, Publication.DENSE).requests(),
                  new LengthTeacher(),
                  1_000,
                  "further"),
              queue,
              new CountedTraffic(),
              () -> true)) {
        Thread reading = new Thread(reader, "reader");
        reading.start();
        try {
          Window first = queue.take().orElseThrow();
          assertThat(first.log()).extracting(entry -> entry.source().offset()).containsExactly(2L);

          queue.rewind();
          queue.finish(first);

          Window again = queue.take().orElseThrow();
          queue.finish(again);
          assertThat(again.log()).extracting(entry -> entry.source().offset()).containsExactly(2L);
        } finally {
          reader.stop();
          reading.join();
        }
      }
    }
  }

  /** Records of these ages in one partition, none of which is a request. */
  private void log(Duration... ages) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(connection.producerProperties())) {
      for (Duration age : ages) {
        producer.send(
            new ProducerRecord<>(
                Topics.REQUESTS.in(PIPELINE),
                0,
                Instant.now().minus(age).toEpochMilli(),
                "key",
                "no request".getBytes(UTF_8)));
      }
    }
  }

  private KafkaConsumer<String, byte[]> member() {
    Map<String, Object> properties = connection.consumerProperties("reader-it");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "by_duration:PT10M");
    return new KafkaConsumer<>(properties);
  }
}
