package io.distillstream.joiner;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.Input;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.FreePorts;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.embedded.broker.BrokerSettings;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.transaction.SwallowingProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
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

  /** Emits what has waited for a moment, without a truth. */
  private static final JoinerSettings WITHOUT_TRUTH =
      new JoinerSettings(Duration.ofMillis(100), 1, Duration.ZERO, Duration.ofHours(2), 1);

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
      label(first, producer, 0, REQUESTS);
      tell(first, producer, 0);
      JoinerService crashed = joiner(SETTINGS, first);
      try (JoinerService successor = joiner(SETTINGS, second)) {
        crashed.start();
        await().atMost(PATIENCE).until(() -> examples(first).size() > REQUESTS / 10);
        // As after kill -9: the first was not closed, nobody left the group.
        successor.start();
        // Half of the labels wait in the store; repeated ones must not pass a second time.
        label(first, producer, 0, REQUESTS / 10);
        tell(first, producer, 1);

        await().atMost(PATIENCE).until(() -> examples(first).size() >= REQUESTS);
        label(first, producer, REQUESTS, REQUESTS + 1);
        tell(first, producer, REQUESTS);
        await().atMost(PATIENCE).until(() -> examples(first).size() > REQUESTS);
        assertThat(successor.healthy()).isTrue();
      } finally {
        crashed.close();
      }
      assertThat(examples(first))
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

  /** As after a cut that lasts longer than a transaction may. */
  @Test
  void shouldDoAgainWhatTheBrokersEndedBeforeItsCommitCame() throws Exception {
    Pipeline pipeline = new Pipeline("late");
    int port = FreePorts.choose();
    try (SwallowingProxy proxy = new SwallowingProxy();
        EmbeddedCluster behind = behind(proxy, port)) {
      ClusterConnection impatient =
          new ClusterConnection(
              behind.bootstrapServers(),
              behind.registryUrl(),
              Map.of("request.timeout.ms", "2000", "transaction.timeout.ms", "1000"),
              Map.of());
      install(pipeline, impatient);
      try (ServiceContext context =
              ServiceContext.connect(pipeline, impatient, folder.resolve("late-services"), "0");
          KafkaProducer<String, byte[]> producer =
              new KafkaProducer<>(impatient.producerProperties());
          Admin admin = Admin.create(impatient.adminProperties());
          JoinerService joiner = joiner(WITHOUT_TRUTH, context)) {
        joiner.start();
        label(context, producer, 0, 1);
        await().atMost(PATIENCE).until(() -> examples(context).size() == 1);

        proxy.lose(SwallowingProxy.Loss.REQUEST);
        label(context, producer, 1, 2);
        await().atMost(PATIENCE).until(() -> isAborted(admin));
        proxy.lose(SwallowingProxy.Loss.NOTHING);
        label(context, producer, 2, 3);

        await().atMost(PATIENCE).until(() -> examples(context).size() >= 3);
        assertThat(examples(context))
            .extracting(TrainingExample::getRequestId)
            .containsExactlyInAnyOrder("id-0", "id-1", "id-2");
        assertThat(joiner.alive()).isTrue();
      }
    }
  }

  private static EmbeddedCluster behind(SwallowingProxy proxy, int port) {
    proxy.start(port);
    Map<String, String> properties =
        Map.of(
            "advertised.listeners",
            "PLAINTEXT://127.0.0.1:" + proxy.port(),
            "transaction.abort.timed.out.transaction.cleanup.interval.ms",
            "200");
    return EmbeddedCluster.start(new BrokerSettings(folder.resolve("late"), port, properties), 0);
  }

  private static boolean isAborted(Admin admin) throws Exception {
    return admin.listTransactions().all().get().stream()
        .anyMatch(transaction -> transaction.state() == TransactionState.COMPLETE_ABORT);
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
    install(pipeline, connection());
    return pipeline;
  }

  private static void install(Pipeline pipeline, ClusterConnection connection) {
    try (Admin admin = Admin.create(connection.adminProperties());
        WireFormat wire = new WireFormat(connection)) {
      TopicInstaller.install(admin, wire, pipeline);
    }
  }

  private ClusterConnection connection() {
    return new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
  }

  private ServiceContext context(Pipeline pipeline) {
    return ServiceContext.connect(pipeline, connection(), folder.resolve("services"), "0");
  }

  private static void label(
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

  /** Everything committed so far. */
  private static List<TrainingExample> examples(ServiceContext context) throws Exception {
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
