package io.distillstream.device.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.device.transport.PausedException;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateReport;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a real broker does not take. */
@ExtendWith(SharedCluster.class)
class KafkaReportSinkIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final AtomicInteger PIPELINES = new AtomicInteger();

  private final EmbeddedCluster cluster;
  private WireFormat wire;
  private Pipeline pipeline;
  private Admin admin;
  private KafkaReportSink sink;

  KafkaReportSinkIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void open() {
    ClusterConnection connection =
        new ClusterConnection(
            cluster.bootstrapServers(),
            cluster.registryUrl(),
            // Or else the producer looks for a topic that is not there for a minute.
            Map.of("max.block.ms", "2000"),
            Map.of());
    wire = new WireFormat(cluster.registryUrl());
    pipeline = new Pipeline("report-sink-it-" + PIPELINES.incrementAndGet());
    admin = Admin.create(new ClusterConnection(cluster.bootstrapServers(), "").adminProperties());
    TopicInstaller.install(admin, wire, pipeline);
    sink = new KafkaReportSink(connection, pipeline);
  }

  @AfterEach
  void close() {
    sink.close();
    admin.close();
    wire.close();
  }

  @Test
  void shouldPauseAfterAReportThatIsNotTakenAndSendItLater() throws Exception {
    String topic = Topics.DEVICE_REPORTS.in(pipeline);
    admin.deleteTopics(List.of(topic)).all().get();
    await().atMost(PATIENCE).until(() -> !admin.listTopics().names().get().contains(topic));

    assertThat(sent("why"))
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> sent("why"))
        .isInstanceOf(PausedException.class)
        .hasMessageContaining(topic);
    // The other topic is there.
    sink.send(new DeviceStatus("d1", Instant.now(), 0, 0));

    TopicInstaller.install(admin, wire, pipeline);
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(sent("why").get(5, TimeUnit.SECONDS)).isNull());
    assertThat(sent("why")).succeedsWithin(PATIENCE);
  }

  @Test
  void shouldGiveUpAReportThatIsTooLargeAndSendOthers() throws Exception {
    ConfigResource topic =
        new ConfigResource(ConfigResource.Type.TOPIC, Topics.DEVICE_REPORTS.in(pipeline));
    ConfigEntry limit = new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "4000");
    admin
        .incrementalAlterConfigs(
            Map.of(topic, List.of(new AlterConfigOp(limit, AlterConfigOp.OpType.SET))))
        .all()
        .get();

    assertThat(sent(incompressible())).succeedsWithin(PATIENCE);
    assertThat(sent("why")).succeedsWithin(PATIENCE);
  }

  private CompletableFuture<Void> sent(String reason) throws Exception {
    return sink.send(
            new UpdateReport(
                "d1",
                "glosses",
                "stable",
                1,
                UpdateReport.Outcome.REJECTED,
                reason,
                ArrivalCounts.NONE,
                0,
                Instant.now()))
        .toCompletableFuture();
  }

  private static String incompressible() {
    StringBuilder text = new StringBuilder();
    new Random(1).ints(40_000, 'a', 'z').forEach(c -> text.append((char) c));
    return text.toString();
  }
}
