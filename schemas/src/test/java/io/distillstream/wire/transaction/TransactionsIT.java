package io.distillstream.wire.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.broker.BrokerSettings;
import io.distillstream.embedded.broker.EmbeddedBroker;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.scan.TopicScan;
import io.distillstream.wire.transaction.SwallowingProxy.Loss;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Outcomes on a real broker, behind a network that fails in the middle of a commit. */
class TransactionsIT {
  private static final String TOPIC = "results";
  private static final TopicPartition SOURCE = new TopicPartition(TOPIC, 1);

  @TempDir static Path folder;

  private static SwallowingProxy proxy;
  private static EmbeddedBroker broker;
  private static ClusterConnection cluster;

  @BeforeAll
  static void start() throws Exception {
    proxy = new SwallowingProxy();
    broker =
        new EmbeddedBroker(
            new BrokerSettings(
                folder,
                0,
                Map.of("advertised.listeners", "PLAINTEXT://127.0.0.1:" + proxy.port())));
    proxy.start(broker.port());
    cluster = new ClusterConnection("127.0.0.1:" + proxy.port(), "unused");
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1))).all().get();
    }
    // The first transaction waits for the broker to lay out its log of them.
    try (KafkaProducer<String, byte[]> first =
        new KafkaProducer<>(cluster.transactionalProducerProperties("first"))) {
      first.initTransactions();
    }
  }

  @AfterEach
  void heal() {
    proxy.lose(Loss.NOTHING);
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
    proxy.close();
  }

  @Test
  void shouldNotTellWhetherAnUnconfirmedCommitHappenedAndShowItOnceWhereItDid() throws Exception {
    ConsumedOffsets read = read("confirmed-late", 3);
    proxy.lose(Loss.RESPONSE);
    try (Transactions transactions = open("confirmed-late")) {
      assertThatThrownBy(() -> transactions.commit(write("happened"), read))
          .isInstanceOf(UnknownOutcomeException.class);
    }
    assertThat(proxy.swallowed()).isPositive();
    proxy.lose(Loss.NOTHING);

    try (Transactions successor = open("confirmed-late")) {
      successor.commit(write("next"));
    }

    awaitVisible("happened");
    await().untilAsserted(() -> assertThat(committed("confirmed-late")).isEqualTo(3));
  }

  @Test
  void shouldShowNothingOfACommitThatNeverReachedTheBroker() throws Exception {
    ConsumedOffsets read = read("never-sent", 3);
    proxy.lose(Loss.REQUEST);
    try (Transactions transactions = open("never-sent")) {
      assertThatThrownBy(() -> transactions.commit(write("lost"), read))
          .isInstanceOf(UnknownOutcomeException.class);
    }
    proxy.lose(Loss.NOTHING);

    try (Transactions successor = open("never-sent")) {
      successor.commit(write("behind the lost"));
    }

    awaitVisible("behind the lost");
    assertThat(visible("lost")).isZero();
    assertThat(committed("never-sent")).isEqualTo(-1);
  }

  @Test
  void shouldCommitOnceWhereTheNetworkComesBackInTime() throws Exception {
    int before = proxy.swallowed();
    proxy.lose(Loss.RESPONSE);
    Thread mending =
        new Thread(
            () -> {
              while (proxy.swallowed() == before) {
                Thread.onSpinWait();
              }
              proxy.lose(Loss.NOTHING);
            });
    mending.start();

    try (Transactions transactions = open("mended")) {
      transactions.commit(write("mended"), read("mended", 5));
    }

    mending.join();
    awaitVisible("mended");
    await().untilAsserted(() -> assertThat(committed("mended")).isEqualTo(5));
  }

  @Test
  void shouldTellTheOneThatWasFenced() throws Exception {
    try (Transactions first = open("two-of-us");
        Transactions second = open("two-of-us")) {
      assertThatThrownBy(() -> first.commit(write("fenced"))).isInstanceOf(FencedException.class);
      second.commit(write("second"));
    }
    awaitVisible("second");
    assertThat(visible("fenced")).isZero();
  }

  @Test
  @Timeout(60)
  void shouldTellWhetherItIsOwnedByWhateverMemberOfTheGroupAndWriteNothing() throws Exception {
    Map<TopicPartition, OffsetAndMetadata> next = Map.of(SOURCE, new OffsetAndMetadata(7));
    try (KafkaConsumer<String, byte[]> fenced = member();
        KafkaConsumer<String, byte[]> newer = member();
        Transactions first = open("owned")) {
      join(fenced);
      first.requireOwned(new ConsumedOffsets(next, fenced.groupMetadata()));
      join(newer);
      first.requireOwned(new ConsumedOffsets(next, fenced.groupMetadata()));
      first.requireOwned(read("owned", 7));
      assertThat(committed("owned")).isEqualTo(-1);
      first.commit(write("still owned"));

      try (Transactions second = open("owned")) {
        assertThatThrownBy(
                () -> first.requireOwned(new ConsumedOffsets(next, fenced.groupMetadata())))
            .isInstanceOf(FencedException.class);
        second.requireOwned(read("owned", 7));
      }
    }
    awaitVisible("still owned");
  }

  @Test
  void shouldNotTellWhetherItIsOwnedWhereNobodyAnswers() throws Exception {
    try (Transactions transactions = open("silent")) {
      transactions.commit(write("spoken"));
      ConsumedOffsets read = read("silent", 7);
      proxy.lose(Loss.REQUEST);

      assertThatThrownBy(() -> transactions.requireOwned(read))
          .isInstanceOfSatisfying(
              AbortedException.class, e -> assertThat(e.producerUsable()).isFalse());
    }
  }

  /** One of those that have the same name. */
  private static KafkaConsumer<String, byte[]> member() {
    Map<String, Object> properties = cluster.consumerProperties("owned");
    properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "one");
    KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(properties);
    consumer.subscribe(List.of(TOPIC));
    return consumer;
  }

  private static void join(KafkaConsumer<String, byte[]> consumer) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              consumer.poll(Duration.ofMillis(100));
              return !consumer.assignment().isEmpty();
            });
  }

  @Test
  void shouldAbortARecordThatTheBrokerRefusesAndGoOn() throws Exception {
    byte[] incompressible = new byte[2 << 20];
    new Random(1).nextBytes(incompressible);
    try (Transactions transactions = open("too-large")) {
      assertThatThrownBy(
              () ->
                  transactions.commit(
                      sending ->
                          sending.send(new ProducerRecord<>(TOPIC, "large", incompressible))))
          .isInstanceOfSatisfying(
              AbortedException.class, e -> assertThat(e.producerUsable()).isTrue());
      transactions.commit(write("small"));
    }
    awaitVisible("small");
    assertThat(visible("large")).isZero();
  }

  @Test
  @Timeout(60)
  void shouldCloseWhereNobodyAnswers() throws Exception {
    proxy.lose(Loss.REQUEST);
    Transactions transactions = open("abandoned");
    assertThatThrownBy(() -> transactions.commit(write("abandoned")))
        .isInstanceOf(UnknownOutcomeException.class);

    // Kafka's own close waits for ever.
    transactions.close();

    proxy.lose(Loss.NOTHING);
    // Ends what was left open, which would hide what other tests write.
    open("abandoned").close();
  }

  private static Transactions open(String id) {
    Map<String, Object> properties = cluster.transactionalProducerProperties(id);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 500);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 5_000);
    return Transactions.open(new KafkaProducer<>(properties), 2);
  }

  private static Transactions.Work write(String key) {
    return sending -> sending.send(new ProducerRecord<>(TOPIC, 0, key, new byte[0]));
  }

  private static ConsumedOffsets read(String group, long next) {
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(cluster.consumerProperties(group))) {
      return new ConsumedOffsets(
          Map.of(SOURCE, new OffsetAndMetadata(next)), consumer.groupMetadata());
    }
  }

  /** A commit is confirmed before readers see it. */
  private static void awaitVisible(String key) {
    await().untilAsserted(() -> assertThat(visible(key)).isEqualTo(1));
  }

  private static long visible(String key) {
    List<String> keys = new ArrayList<>();
    try (TopicScan scan = new TopicScan(cluster)) {
      scan.read(scan.whole(TOPIC), record -> keys.add(record.key()));
    }
    return keys.stream().filter(key::equals).count();
  }

  /** -1 where the group has committed nothing. */
  private static long committed(String group) throws Exception {
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      OffsetAndMetadata offset =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(SOURCE);
      return offset == null ? -1 : offset.offset();
    }
  }
}
