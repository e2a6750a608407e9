package io.distillstream.joiner;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The joiner on a real broker. */
@Timeout(120)
@ExtendWith(SharedCluster.class)
class JoinerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int REQUESTS = 1_000;

  /** Truth comes for every request, so that none is ever emitted for lack of it. */
  private static final JoinerSettings SETTINGS =
      new JoinerSettings(Duration.ofHours(1), 1, Duration.ZERO, Duration.ofHours(2), 1);

  private static final LabelSpace LABELS = new LabelSpace(List.of("animal", "plant"));

  @TempDir static Path folder;
  private final EmbeddedCluster cluster;

  JoinerIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void shouldForgetNothingWhenAnotherProcessTakesOver() throws Exception {
    Pipeline pipeline = installed("take-over");
    try (ServiceContext first = context(pipeline);
        ServiceContext second = context(pipeline);
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(first.cluster().producerProperties())) {
      JoinerTraffic.label(first, producer, 0, REQUESTS);
      tell(first, producer, 0);
      JoinerService crashed = joiner(SETTINGS, first);
      try (JoinerService successor = joiner(SETTINGS, second)) {
        crashed.start();
        await().atMost(PATIENCE).until(() -> JoinerTraffic.examples(first).size() > REQUESTS / 10);
        // As after kill -9: the first was not closed, nobody left the group.
        successor.start();
        // Half of the labels wait in the store; repeated ones must not pass a second time.
        JoinerTraffic.label(first, producer, 0, REQUESTS / 10);
        tell(first, producer, 1);

        await().atMost(PATIENCE).until(() -> JoinerTraffic.examples(first).size() >= REQUESTS);
        JoinerTraffic.label(first, producer, REQUESTS, REQUESTS + 1);
        tell(first, producer, REQUESTS);
        await().atMost(PATIENCE).until(() -> JoinerTraffic.examples(first).size() > REQUESTS);
        assertThat(successor.healthy()).isTrue();
      } finally {
        crashed.close();
      }
      assertThat(JoinerTraffic.examples(first))
          .allSatisfy(example -> assertThat(example.getGroundTruth()).isNotNull())
          .extracting(TrainingExample::getRequestId)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.rangeClosed(0, REQUESTS).mapToObj(i -> "id-" + i).toList());
    }
  }

  @Test
  void shouldLeaveTheFieldToTheNewerOfTwoProcesses() throws Exception {
    Pipeline pipeline = installed("rivals");
    try (ServiceContext first = context(pipeline);
        ServiceContext second = context(pipeline);
        JoinerService older = joiner(SETTINGS, first);
        JoinerService newer = joiner(SETTINGS, second)) {
      older.start();
      await().atMost(PATIENCE).until(() -> hasMember(first));
      newer.start();

      await().atMost(PATIENCE).until(() -> !older.alive());

      assertThat(newer.alive()).isTrue();
    }
  }

  @Test
  void shouldRefuseTopicsWhoseKeysDoNotMeet() throws Exception {
    Pipeline pipeline = installed("uneven");
    String topic = Topics.GROUND_TRUTH.in(pipeline);
    try (ServiceContext context = context(pipeline);
        Admin admin = Admin.create(context.cluster().adminProperties());
        JoinerService joiner = joiner(SETTINGS, context)) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
      // The controller confirms it before the broker knows.
      await().atMost(PATIENCE).until(() -> partitions(admin, topic) == 5);

      assertThatThrownBy(joiner::start)
          .hasMessageContaining("same number of partitions")
          .hasMessageContaining(topic + "=5");
      assertThat(joiner.healthy()).isFalse();
    }
  }

  private static JoinerService joiner(JoinerSettings settings, ServiceContext context) {
    return new JoinerService(settings, () -> LABELS, context);
  }

  private static boolean hasMember(ServiceContext context) {
    String group = ConsumerGroups.joiner(context.pipeline());
    try (Admin admin = Admin.create(context.cluster().adminProperties())) {
      return !requireNonNull(admin.describeConsumerGroups(List.of(group)).all().get().get(group))
          .members()
          .isEmpty();
    } catch (ExecutionException e) {
      // The group is not there at first.
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private static int partitions(Admin admin, String topic) throws Exception {
    return requireNonNull(admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic))
        .partitions()
        .size();
  }

  private Pipeline installed(String name) {
    Pipeline pipeline = new Pipeline(name);
    JoinerTraffic.install(pipeline, connection());
    return pipeline;
  }

  private ClusterConnection connection() {
    return new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
  }

  private ServiceContext context(Pipeline pipeline) {
    return ServiceContext.connect(pipeline, connection(), folder.resolve("services"), "0");
  }

  /** Truth for every second request. */
  private static void tell(
      ServiceContext context, KafkaProducer<String, byte[]> producer, int from) {
    Codec<GroundTruth> codec = context.wire().codec(Topics.GROUND_TRUTH, context.pipeline());
    for (int i = from; i < Math.max(REQUESTS, from + 1); i += 2) {
      GroundTruth truth = new GroundTruth("id-" + i, "label", Instant.now());
      producer.send(new ProducerRecord<>(codec.topic(), "id-" + i, codec.encode(truth)));
    }
    producer.flush();
  }
}
