package io.distillstream.teacher.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.Input;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.foundation.PortInUseException;
import io.distillstream.joiner.JoinerService;
import io.distillstream.joiner.JoinerSettings;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Traffic through the labeller and the joiner on a real broker; each test has its own pipeline. */
@Timeout(120)
class LabellingIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JoinerSettings JOINER =
      new JoinerSettings(Duration.ofMillis(100), 1, Duration.ZERO, Duration.ofHours(1), 1);

  @TempDir static Path folder;
  private static EmbeddedCluster cluster;
  private static int pipelines;

  private final LengthTeacher teacher = new LengthTeacher();
  private Pipeline pipeline;
  private ClusterConnection connection;
  private ServiceContext context;
  private Codec<InferenceRequest> requests;
  private KafkaProducer<String, byte[]> producer;

  @BeforeAll
  static void startCluster() {
    cluster = EmbeddedCluster.start(folder.resolve("cluster"));
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void connect() {
    pipeline = new Pipeline("it-" + ++pipelines);
    connection = new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
    try (Admin admin = Admin.create(connection.adminProperties());
        WireFormat wire = new WireFormat(cluster.registryUrl())) {
      TopicInstaller.install(admin, wire, pipeline);
    }
    context = context();
    requests = context.wire().codec(Topics.REQUESTS, pipeline);
    producer = new KafkaProducer<>(connection.producerProperties());
  }

  @AfterEach
  void disconnect() {
    producer.close();
    context.close();
  }

  @Test
  void shouldTrainOnEveryRequestOnceWhicheverWayItCame() throws Exception {
    Set<String> sent = new HashSet<>();
    byte[] poison = {42, 1, 2, 3};
    try (TeacherService service = service(settings(1024));
        JoinerService joiner = new JoinerService(JOINER, context)) {
      joiner.start();
      service.start();
      TeacherClient client = new TeacherClient(service.port());
      for (int i = 0; i < 200; i++) {
        sent.add(send("log-" + i, "text number " + i));
        if (i == 100) {
          producer.send(new ProducerRecord<>(requests.topic(), "poison", poison));
        }
        if (i % 10 == 0) {
          String body =
              """
              {"texts": ["one", "one two"], "request_ids": ["http-%d-a", "http-%d-b"],
               "ground_truths": ["odd", null]}\
              """
                  .formatted(i, i);
          HttpResponse<String> response = client.post("/v1/predict", body);
          assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
          JsonNode predictions = TeacherClient.json(response).get("predictions");
          assertThat(predictions.findValuesAsText("label")).containsExactly("odd", "even");
          sent.add("http-" + i + "-a");
          sent.add("http-" + i + "-b");
        }
      }
      // A caller that got no answer repeats its request: same id, trained once.
      client.post("/v1/predict", "{\"text\": \"one two\", \"request_id\": \"http-0-b\"}");

      await().atMost(PATIENCE).until(() -> ids(examples()).containsAll(sent));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(lag()).isZero());
      List<TrainingExample> examples = examples();
      assertThat(ids(examples)).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(sent);
      assertThat(examples)
          .filteredOn(e -> e.getRequestId().endsWith("-a"))
          .extracting(TrainingExample::getGroundTruth)
          .containsOnly("odd");
      assertThat(service.healthy()).isTrue();
      assertThat(joiner.healthy()).isTrue();
    }
    assertThat(read(pipeline.deadLetters()))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.value()).isEqualTo(poison);
              assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo(requests.topic());
            });
  }

  @Test
  void shouldAskCallersToComeBackWhenTheQueueIsFull() throws Exception {
    try (TeacherService service = service(settings(4))) {
      service.start();
      TeacherClient client = new TeacherClient(service.port());
      teacher.hold();
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      HttpResponse<String> refused = null;
      // The model and the hand-off take some out of the queue, so how many fit is not exact.
      while (refused == null) {
        assertThat(answers).hasSizeLessThan(40);
        CompletableFuture<HttpResponse<String>> answer =
            client.postAsync("/v1/predict", "{\"texts\": [\"a b\", \"c\"]}");
        answers.add(answer);
        refused =
            answers.stream()
                .filter(CompletableFuture::isDone)
                .map(CompletableFuture::join)
                .filter(r -> r.statusCode() == 429)
                .findFirst()
                .orElse(null);
        await().pollDelay(Duration.ofMillis(20)).until(() -> true);
      }
      assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
          .isBetween(1, 60);
      assertThat(TeacherClient.json(refused).get("error").asText()).contains("no room");

      teacher.release();
      answers.forEach(CompletableFuture::join);
      long answered = answers.stream().filter(a -> a.join().statusCode() == 200).count();
      assertThat(answered).isPositive();
      assertThat(read(Topics.SOFT_LABELS.in(pipeline))).hasSize((int) answered * 2);
    }
  }

  @Test
  void shouldPauseTheLogWhenTheQueueIsFullAndLoseNothing() throws Exception {
    try (TeacherService service = service(settings(4))) {
      teacher.hold();
      service.start();
      List<String> sent = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        sent.add(send("log-" + i, "a b " + i));
      }
      producer.flush();
      teacher.allow(1);
      await().atMost(PATIENCE).until(() -> !read(Topics.SOFT_LABELS.in(pipeline)).isEmpty());
      assertThat(read(Topics.SOFT_LABELS.in(pipeline))).hasSizeLessThan(20);

      teacher.release();

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(read(Topics.SOFT_LABELS.in(pipeline)))
                      .extracting(ConsumerRecord::key)
                      .containsExactlyInAnyOrderElementsOf(sent));
    }
  }

  @Test
  void shouldLoseNothingAndRepeatNothingWhenAnotherProcessTakesOver() throws Exception {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      sent.add(send("log-" + i, "a b " + i));
    }
    producer.flush();
    TeacherService first = service(settings(64));
    first.start();
    await().atMost(PATIENCE).until(() -> read(Topics.SOFT_LABELS.in(pipeline)).size() > 30);
    teacher.hold();
    // As after kill -9: the first is still there with a window in its hands, nothing was closed.
    LengthTeacher successor = new LengthTeacher();
    try (ServiceContext other = context();
        TeacherService second = new TeacherService(settings(64), other, () -> successor)) {
      second.start();
      teacher.release();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(read(Topics.SOFT_LABELS.in(pipeline)))
                      .extracting(ConsumerRecord::key)
                      .containsExactlyInAnyOrderElementsOf(sent));
      await().atMost(PATIENCE).until(() -> !first.healthy());
      assertThat(second.healthy()).isTrue();
    } finally {
      first.close();
    }
  }

  @Test
  void shouldAnswerWithTheRealTeacher() throws Exception {
    try (TeacherService service = new TeacherService(settings(64), context)) {
      service.start();
      TeacherClient client = new TeacherClient(service.port());

      HttpResponse<String> response =
          client.post(
              "/v1/predict",
              "{\"texts\": [\"a small dog with a curly coat\", \"a tall tree with needles and"
                  + " cones\"]}");

      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(TeacherClient.json(response).get("predictions").findValuesAsText("label"))
          .containsExactly("animal", "plant");
    }
  }

  @Test
  void shouldNameTheSettingOfAPortInUse() {
    try (TeacherService first = service(settings(64))) {
      first.start();
      TeacherSettings taken =
          new TeacherSettings(
              TeacherModel.miniLm(),
              Publication.DENSE,
              "127.0.0.1",
              first.port(),
              settings(64).bounds(),
              4,
              100,
              10_000);
      TeacherService second = new TeacherService(taken, context, () -> new LengthTeacher());
      assertThatThrownBy(second::start)
          .isInstanceOf(PortInUseException.class)
          .hasMessageContaining(Integer.toString(first.port()))
          .hasMessageContaining("teacher.http.port");
      assertThat(second.healthy()).isFalse();
    }
  }

  private TeacherService service(TeacherSettings settings) {
    return new TeacherService(settings, context, () -> teacher);
  }

  private static TeacherSettings settings(int capacity) {
    QueueBounds bounds =
        new QueueBounds(
            capacity, Math.min(8, capacity), 4, Duration.ofMillis(5), Duration.ofMillis(5));
    return new TeacherSettings(
        TeacherModel.miniLm(), Publication.DENSE, "127.0.0.1", 0, bounds, 4, 1_000, 100_000);
  }

  private ServiceContext context() {
    return ServiceContext.connect(pipeline, connection, folder.resolve("services"), "0");
  }

  private String send(String id, String text) {
    InferenceRequest request =
        new InferenceRequest(id, new Input(text), Instant.now(), Ingress.LOG, null);
    producer.send(new ProducerRecord<>(requests.topic(), id, requests.encode(request)));
    return id;
  }

  private List<TrainingExample> examples() throws Exception {
    Codec<TrainingExample> codec = context.wire().codec(Topics.TRAINING_EXAMPLES, pipeline);
    List<TrainingExample> examples = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : read(codec.topic())) {
      examples.add(codec.decode(record.value()));
    }
    return examples;
  }

  private static List<String> ids(List<TrainingExample> examples) {
    return examples.stream().map(TrainingExample::getRequestId).toList();
  }

  /** Everything committed on a topic so far. */
  private List<ConsumerRecord<String, byte[]>> read(String topic) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(connection.readerProperties())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  /** What the teacher's group has still to do of the request log, transaction markers included. */
  private long lag() throws Exception {
    try (Admin admin = Admin.create(connection.adminProperties())) {
      Map<TopicPartition, OffsetAndMetadata> done =
          admin
              .listConsumerGroupOffsets(ConsumerGroups.teacher(pipeline))
              .partitionsToOffsetAndMetadata()
              .get();
      long lag = 0;
      for (int p = 0; p < Topics.REQUESTS.partitions(); p++) {
        TopicPartition partition = new TopicPartition(requests.topic(), p);
        long end =
            admin
                .listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
        OffsetAndMetadata offset = done.get(partition);
        lag += end - (offset == null ? 0 : offset.offset());
      }
      return lag;
    }
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
