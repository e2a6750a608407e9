package io.distillstream.joiner;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.TrainingExample;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.transaction.LossyCluster;
import io.distillstream.wire.transaction.SwallowingProxy.Loss;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The joiner behind a network that fails in the middle of its commits. */
@Timeout(180)
class JoinerOutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int REQUESTS = 20;
  private static final Pipeline PIPELINE = new Pipeline("outage");

  /** Emits what has waited for a moment, without a truth, on two threads. */
  private static final JoinerSettings SETTINGS =
      new JoinerSettings(Duration.ofMillis(100), 1, Duration.ZERO, Duration.ofHours(2), 2);

  @TempDir Path folder;
  private LossyCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new LossyCluster(folder.resolve("kafka"));
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  /** As after a cut that lasts longer than a transaction may. */
  @Test
  void shouldDoAgainWhatTheBrokersEndedBeforeItsCommitCame() throws Exception {
    shouldJoinAllDespite(Loss.REQUEST, Map.of("transaction.timeout.ms", "1000"));
  }

  /** As after a cut that lasts longer than Kafka Streams waits for it to end. */
  @Test
  void shouldDoAgainWhatItGaveUpItself() throws Exception {
    shouldJoinAllDespite(Loss.WRITE_RESPONSE, Map.of("delivery.timeout.ms", "2500"));
  }

  private void shouldJoinAllDespite(Loss loss, Map<String, String> clients) throws Exception {
    ClusterConnection connection = cluster.connection(clients);
    JoinerTraffic.install(PIPELINE, connection);
    try (ServiceContext context =
            ServiceContext.connect(PIPELINE, connection, folder.resolve("services"), "0");
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(connection.producerProperties());
        Admin admin = Admin.create(connection.adminProperties());
        JoinerService joiner =
            new JoinerService(
                SETTINGS, () -> new LabelSpace(List.of("animal", "plant")), context)) {
      joiner.start();
      JoinerTraffic.label(context, producer, 0, 1);
      await().atMost(PATIENCE).until(() -> JoinerTraffic.examples(context).size() == 1);
      List<String> names = memberNames(admin);

      cluster.lose(loss);
      JoinerTraffic.label(context, producer, 1, REQUESTS);
      await().atMost(PATIENCE).until(() -> LossyCluster.hasAborted(admin));
      cluster.lose(Loss.NOTHING);
      JoinerTraffic.label(context, producer, REQUESTS, REQUESTS + 1);

      await().atMost(PATIENCE).until(() -> JoinerTraffic.examples(context).size() > REQUESTS);
      assertThat(JoinerTraffic.examples(context))
          .extracting(TrainingExample::getRequestId)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.rangeClosed(0, REQUESTS).mapToObj(i -> "id-" + i).toList());
      assertThat(joiner.alive()).isTrue();
      // Under another name it would have waited for the brokers to miss the one before.
      assertThat(memberNames(admin)).hasSize(2).isEqualTo(names);
    }
  }

  private static List<String> memberNames(Admin admin) throws Exception {
    String group = ConsumerGroups.joiner(PIPELINE);
    return requireNonNull(admin.describeConsumerGroups(List.of(group)).all().get().get(group))
        .members()
        .stream()
        .map(member -> member.groupInstanceId().orElse("none"))
        .sorted()
        .toList();
  }
}
