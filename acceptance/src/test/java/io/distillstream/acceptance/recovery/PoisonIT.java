package io.distillstream.acceptance.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.hostile.HostileRecords;
import io.distillstream.wire.scan.TopicScan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that are none, on every topic of a whole pipeline that goes on beside them. */
class PoisonIT {
  private static final int TRAFFIC = 300;
  private static final int POISON = 60;
  private static final String MODEL = "student";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Those whose reader sends what it cannot use to the dead letters. */
  private static final List<Topic<?>> READ_BY_ONE =
      List.of(
          Topics.REQUESTS,
          Topics.SOFT_LABELS,
          Topics.GROUND_TRUTH,
          Topics.TRAINING_EXAMPLES,
          Topics.CHECKPOINTS);

  @Test
  void shouldGoOnBesideRecordsThatAreNone(@TempDir Path folder) throws Exception {
    Map<String, String> values =
        Map.ofEntries(
            Map.entry("data.folder", folder.toString()),
            Map.entry("local.broker-port", "0"),
            Map.entry("local.registry-port", "0"),
            Map.entry("teacher.http.port", "0"),
            Map.entry("monitor.port", "0"),
            Map.entry("gateway.port", "0"),
            Map.entry("trainer.width", "32"),
            Map.entry("trainer.blocks", "1"),
            Map.entry("trainer.embedding-start", "random"),
            Map.entry("trainer.checkpoint-records", "50"),
            Map.entry("trainer.checkpoint-interval", "2s"),
            Map.entry("trainer.held-out.one-in", "10"),
            // Nobody listens there, which is nothing to the stages either.
            Map.entry("tracing.otlp-endpoint", "http://127.0.0.1:1"),
            Map.entry("tracing.sample-ratio", "1"));
    try (LocalPipeline pipeline =
        LocalPipeline.start(
            ServicePlan.embedded(Settings.load(AllSettings.list(), values)), line -> {})) {
      GlossTraffic.send(pipeline.cluster(), 0, TRAFFIC / 2);
      Map<String, Integer> poison = poison(pipeline);
      GlossTraffic.send(pipeline.cluster(), TRAFFIC / 2, TRAFFIC);
      assertThat(poison.values()).allMatch(refused -> refused > POISON / 2);

      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> {
                pipeline.requireAlive();
                Map<String, Integer> letters = deadLetters(pipeline);
                for (Topic<?> topic : READ_BY_ONE) {
                  String name = topic.in(pipeline.cluster().pipeline());
                  assertThat(letters.get(name)).as(name).isEqualTo(poison.get(name));
                }
                long learned =
                    pipeline.report("trainer").getCounters().getOrDefault("records_trained", 0L);
                assertThat(learned + heldOut(pipeline)).isGreaterThanOrEqualTo(TRAFFIC);
                // Beyond what was published before the poison.
                assertThat(newestUpdate(pipeline)).isGreaterThan(2);
              });
      // Spans are given up only once they have been tried again for some seconds.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(pipeline.report("teacher").getCounters())
                      .hasEntrySatisfying("spans_dropped", spans -> assertThat(spans).isPositive())
                      .containsEntry("spans_exported", 0L));
      pipeline.requireAlive();
    }
  }

  /** Writes poison to every topic; returns by full name how much of it decodes as nothing. */
  private static Map<String, Integer> poison(LocalPipeline pipeline) throws Exception {
    ClusterConnection connection = pipeline.cluster().connection();
    Pipeline name = pipeline.cluster().pipeline();
    Map<String, Integer> refused = new HashMap<>();
    try (CachedSchemaRegistryClient registry =
            new CachedSchemaRegistryClient(connection.registryUrl(), 100);
        Producer<String, byte[]> producer = new KafkaProducer<>(connection.producerProperties())) {
      for (Topic<?> topic : Topics.all()) {
        int id = registry.getLatestSchemaMetadata(topic.subject(name)).getId();
        Codec<?> codec = pipeline.context().wire().codec(topic, name);
        int undecodable = 0;
        for (int seed = 0; seed < POISON; seed++) {
          byte[] value =
              new HostileRecords(SpecificData.get().getSchema(topic.type()), id, seed).next();
          undecodable += decodes(codec, value) ? 0 : 1;
          producer
              .send(
                  new ProducerRecord<>(
                      topic.in(name), null, key(topic), value, HostileHeaders.of(seed)))
              .get();
        }
        refused.put(topic.in(name), undecodable);
      }
    }
    return refused;
  }

  private static boolean decodes(Codec<?> codec, byte[] value) {
    try {
      codec.decode(value);
      return true;
    } catch (UndecodableRecordException e) {
      return false;
    }
  }

  /** As if it were the pipeline's own. */
  private static String key(Topic<?> topic) {
    return topic.equals(Topics.MODEL_UPDATES) ? MODEL + "/default" : MODEL;
  }

  private static Map<String, Integer> deadLetters(LocalPipeline pipeline) {
    Map<String, Integer> letters = new HashMap<>();
    for (ConsumerRecord<String, byte[]> letter :
        read(pipeline, pipeline.cluster().pipeline().deadLetters())) {
      letters.merge(
          new String(
              letter.headers().lastHeader(DeadLetters.TOPIC).value(), StandardCharsets.UTF_8),
          1,
          Integer::sum);
    }
    return letters;
  }

  private static long heldOut(LocalPipeline pipeline) {
    return read(pipeline, Topics.HELD_OUT.in(pipeline.cluster().pipeline())).stream()
        .filter(record -> record.key().startsWith("gloss-"))
        .count();
  }

  private static long newestUpdate(LocalPipeline pipeline) {
    Pipeline name = pipeline.cluster().pipeline();
    Codec<ModelUpdate> codec = pipeline.context().wire().codec(Topics.MODEL_UPDATES, name);
    long newest = 0;
    for (ConsumerRecord<String, byte[]> record : read(pipeline, codec.topic())) {
      try {
        newest = Math.max(newest, codec.decode(record.value()).getVersion());
      } catch (UndecodableRecordException e) {
        assertThat(e).hasMessageContaining(codec.topic());
      }
    }
    return newest;
  }

  private static List<ConsumerRecord<String, byte[]>> read(LocalPipeline pipeline, String topic) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (TopicScan scan = new TopicScan(pipeline.cluster().connection())) {
      scan.read(scan.whole(topic), records::add);
    }
    return records;
  }
}
