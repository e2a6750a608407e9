package io.distillstream.acceptance.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.distillstream.embedded.secured.SecuredCluster;
import io.distillstream.embedded.secured.SecuredCluster.Login;
import io.distillstream.local.Distillstream;
import io.distillstream.local.services.RunningServices;
import io.distillstream.local.services.ServiceKind;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.access.Grant;
import io.distillstream.wire.access.Role;
import io.distillstream.wire.scan.TopicScan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * A joiner, which has every kind of Kafka's clients (an admin, a producer, Streams with a consumer
 * and a transactional producer), at brokers that want TLS and a login.
 */
@Timeout(180)
class SecuredLoginIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pipeline PIPELINE = new Pipeline("login");
  private static final String USER = Role.JOINER.text();

  @TempDir private static Path folder;

  private static SecuredCluster cluster;
  private static LogFile log;

  @BeforeAll
  static void start() throws Exception {
    log = LogFile.open(folder.resolve("data"), "logins");
    logger().setLevel(Level.TRACE);
    cluster = new SecuredCluster(folder, List.of(USER, "stranger"), List.of(USER));
    cluster.allow(
        Role.JOINER.grants(PIPELINE, "student").stream()
            .map(grant -> grant.binding("User:" + USER))
            .toList());
    try (WireFormat wire = new WireFormat(plain())) {
      TopicInstaller.install(cluster.admin(), wire, PIPELINE);
    }
  }

  @AfterAll
  static void stop() {
    cluster.close();
    logger().setLevel(null);
    log.close();
  }

  /** What clients and brokers say of logins. */
  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("org.apache.kafka.common.security");
  }

  @ParameterizedTest
  @EnumSource
  void shouldJoinWithEachKindOfLogin(Login login) throws Exception {
    String record = login.name();
    try (RunningServices joiner =
        RunningServices.start(
            ServicePlan.of(
                List.of(ServiceKind.JOINER),
                Settings.load(
                    AllSettings.list(), settings(login, cluster.properties(login, USER)))),
            line -> {})) {
      sendUnreadable(record);

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                joiner.requireAlive();
                assertThat(deadLetters()).contains(record);
              });
    }
    SecretSearch search = new SecretSearch(cluster.secrets());
    search.folder(folder.resolve("data"));
    assertThat(search.found()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"SCRAM", "PLAIN", "OAUTHBEARER"})
  void shouldSayInOneLineThatAPasswordIsRefused(Login login) throws Exception {
    Outcome outcome = run(settings(login, cluster.properties(login, USER, "not-the-password")));

    assertThat(outcome.err().lines()).as(outcome.err()).hasSize(1);
    assertThat(outcome.err())
        .startsWith("error: ")
        .contains(cluster.bootstrapServers(login), "cluster.client-properties")
        .doesNotContain("not-the-password");
    assertThat(outcome.exitCode()).isEqualTo(2);
  }

  @Test
  void shouldSayInOneLineThatACertificateIsMissing() throws Exception {
    Map<String, String> settings = settings(Login.MTLS, cluster.properties(Login.SCRAM, USER));
    settings.put("cluster.client-properties", cluster.trustOnly().toString());

    Outcome outcome = run(settings);

    assertThat(outcome.err().lines()).as(outcome.err()).hasSize(1);
    assertThat(outcome.err()).startsWith("error: Kafka at ").contains("cluster.client-properties");
    assertThat(outcome.exitCode()).isEqualTo(2);
  }

  @Test
  void shouldNameTheRightsThatALoginLacks() throws Exception {
    Outcome stranger = run(settings(Login.SCRAM, cluster.properties(Login.SCRAM, "stranger")));
    assertThat(stranger.err().lines()).as(stranger.err()).hasSize(1);
    assertThat(stranger.err())
        .startsWith(
            "error: the login that cluster.client-properties names lacks rights of a joiner")
        .contains("READ on topic login.soft-labels", "'./distillstream acls joiner'");
    assertThat(stranger.exitCode()).isEqualTo(2);

    Grant write =
        Role.JOINER.grants(PIPELINE, "student").stream()
            .filter(grant -> grant.resource().name().equals("login.training-examples"))
            .filter(grant -> grant.operation() == AclOperation.WRITE)
            .findFirst()
            .orElseThrow();
    cluster.revoke(write.binding("User:" + USER));
    try {
      Outcome joiner = run(settings(Login.SCRAM, cluster.properties(Login.SCRAM, USER)));
      assertThat(joiner.err().strip())
          .isEqualTo(
              "error: the login that cluster.client-properties names lacks rights of a joiner:"
                  + " WRITE on topic login.training-examples; './distillstream acls joiner' lists"
                  + " all that it needs");
    } finally {
      cluster.allow(List.of(write.binding("User:" + USER)));
    }
  }

  private static ClusterConnection plain() {
    return new ClusterConnection(cluster.plainBootstrapServers(), cluster.registryUrl());
  }

  private static Map<String, String> settings(Login login, Path properties) {
    return new HashMap<>(
        Map.of(
            "pipeline.name",
            PIPELINE.name(),
            "cluster.bootstrap-servers",
            cluster.bootstrapServers(login),
            "cluster.registry-url",
            cluster.registryUrl(),
            "cluster.client-properties",
            properties.toString(),
            "data.folder",
            folder.resolve("data").toString(),
            "joiner.http.port",
            "0"));
  }

  private static void sendUnreadable(String key) throws Exception {
    try (Producer<String, byte[]> producer = new KafkaProducer<>(plain().producerProperties())) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.SOFT_LABELS.in(PIPELINE), key, key.getBytes(StandardCharsets.UTF_8)))
          .get();
    }
  }

  private static List<String> deadLetters() {
    List<String> keys = new ArrayList<>();
    try (TopicScan scan = new TopicScan(plain())) {
      scan.read(scan.whole(PIPELINE.deadLetters()), record -> keys.add(record.key()));
    }
    return keys;
  }

  private record Outcome(int exitCode, String err) {}

  private static Outcome run(Map<String, String> settings) {
    List<String> arguments = new ArrayList<>(List.of("run", "joiner"));
    settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    StringWriter err = new StringWriter();
    CommandLine commandLine = Distillstream.commandLine();
    commandLine.setErr(new PrintWriter(err, true));
    commandLine.setOut(new PrintWriter(new StringWriter(), true));
    int exitCode = commandLine.execute(arguments.toArray(String[]::new));
    return new Outcome(exitCode, err.toString());
  }
}
