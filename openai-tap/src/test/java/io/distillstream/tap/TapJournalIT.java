package io.distillstream.tap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.distillstream.avro.Completion;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.broker.BrokerSettings;
import io.distillstream.openai.ScriptedUpstream;
import io.distillstream.tap.journal.Journal;
import io.distillstream.tap.journal.TestCompletions;
import io.distillstream.tap.json.LogProbabilityEraser.Form;
import io.distillstream.wire.ClusterConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The journal of a tap whose brokers go away, and what is in it. */
class TapJournalIT {

  private static final Logger OWN_LOG = (Logger) LoggerFactory.getLogger("io.distillstream");
  private static final String PIPELINE = "journal";
  private static final int ANSWERS = 25;
  private static final List<String> SECRETS =
      List.of("sk-verysecret", "cookie-verysecret", "ann@example.org", "4111 1111", "+49 30 1234");

  @TempDir Path brokerFolder;
  @TempDir Path data;
  @TempDir Path other;
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private ScriptedUpstream upstream;
  private EmbeddedCluster cluster;
  private ClusterConnection connection;

  @BeforeEach
  void start() throws IOException {
    logged.list = new CopyOnWriteArrayList<>();
    logged.start();
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(logged);
    OWN_LOG.setLevel(Level.TRACE);
    upstream = new ScriptedUpstream();
    upstream.play(
        (asked, out) ->
            ScriptedUpstream.plain(
                out, 200, "", ScriptedModel.whole(asked.asksForLogProbabilities(), Form.NULL)));
    cluster = EmbeddedCluster.start(brokerFolder);
    connection = new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
  }

  @AfterEach
  void stop() throws IOException {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(logged);
    OWN_LOG.setLevel(null);
    cluster.close();
    upstream.close();
  }

  @Test
  void shouldPublishAllThatIsInTheJournalAfterAnOutageAndAKill() throws Exception {
    try (TapFixture tap = tap(data)) {
      tap.ask(question("0"));
      tap.completions(1);
      cluster.close();
      for (int i = 1; i < ANSWERS; i++) {
        assertThat(tap.ask(question("number " + i)).statusCode()).isEqualTo(200);
      }
      await()
          .atMost(TapFixture.PATIENCE)
          .until(() -> tap.metric("distillstream_tap_completions_total") == ANSWERS);
      assertThat(tap.metric("distillstream_tap_journal_bytes")).isPositive();
      // What the end of the process would leave at this moment.
      copyJournal();
    }
    restartCluster();
    try (TapFixture again = tap(other)) {
      Set<String> prompts =
          again.completions(ANSWERS).stream()
              .map(Completion::getPrompt)
              .collect(Collectors.toSet());
      assertThat(prompts).hasSize(ANSWERS);
      await()
          .atMost(TapFixture.PATIENCE)
          .until(() -> again.metric("distillstream_tap_journal_bytes") == 0);
    }
  }

  @Test
  void shouldPublishAFileThatTheSystemDidNotLetItReadAtFirst() throws Exception {
    Path folder = Files.createDirectories(data.resolve("tap"));
    try (Journal journal = Journal.open(folder, 1 << 20, Journal.Sync.FILE)) {
      for (int i = 0; i < 3; i++) {
        journal.append(TestCompletions.encoded(i));
      }
    }
    Path file = only(folder);
    Path kept = Files.move(file, data.resolve("kept"));
    // A directory opens, and fails when it is read, as a file does on a disk that fails.
    Files.createSymbolicLink(file, other);

    try (TapFixture tap = tap(data)) {
      await().atMost(TapFixture.PATIENCE).until(() -> logged("still cannot be read") > 0);
      assertThat(logged("cannot be read and stays")).isEqualTo(1);
      assertThat(only(folder)).isEqualTo(file);

      Files.move(kept, file, StandardCopyOption.ATOMIC_MOVE);

      assertThat(tap.completions(3))
          .extracting(Completion::getExchangeId)
          .containsExactlyInAnyOrder("0", "1", "2");
      await()
          .atMost(TapFixture.PATIENCE)
          .until(() -> tap.metric("distillstream_tap_journal_bytes") == 0);
      assertThat(tap.metric("distillstream_tap_journal_damaged_total")).isZero();
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void shouldGoOnAfterAFileThatSomebodyTookAway() throws Exception {
    Path folder = Files.createDirectories(data.resolve("tap"));
    Path file = Files.createSymbolicLink(folder.resolve("%020d.avro".formatted(0)), other);
    try (Journal journal = Journal.open(folder, 1 << 20, Journal.Sync.FILE)) {
      journal.append(TestCompletions.encoded(1));
    }
    try (TapFixture tap = tap(data)) {
      await().atMost(TapFixture.PATIENCE).until(() -> logged("cannot be read and stays") > 0);

      Files.delete(file);

      assertThat(tap.completions(1)).extracting(Completion::getExchangeId).containsExactly("1");
      assertThat(tap.metric("distillstream_tap_journal_damaged_total")).isEqualTo(1);
    }
  }

  @Test
  void shouldRecordNeitherCredentialsNorPersonalData() throws Exception {
    try (TapFixture tap = tap(data)) {
      ask(tap, "hello");
      tap.completions(1);
      cluster.close();
      ask(tap, "I am ann@example.org, card 4111 1111 1111 1111, call +49 30 1234567");
      await()
          .atMost(TapFixture.PATIENCE)
          .until(() -> tap.metric("distillstream_tap_journal_bytes") > 0);
      assertNoSecretIn(data);
      restartCluster();
      Completion completion =
          tap.completions(2).stream()
              .filter(one -> one.getPrompt().contains("I am"))
              .findFirst()
              .orElseThrow();
      assertThat(completion.getPrompt()).contains("I am [email], card [card], call [phone]");
      assertThat(completion.getTokensUnusable()).isEqualTo(TokensUnusable.REDACTED);
      assertThat(completion.toString()).doesNotContain(SECRETS);
      assertThat(tap.metric("distillstream_tap_redactions_total")).isEqualTo(3);
    }
    assertThat(upstream.asked.get(1).head()).contains("sk-verysecret", "cookie-verysecret");
    assertThat(logged.list)
        .isNotEmpty()
        .extracting(ILoggingEvent::getFormattedMessage)
        .allSatisfy(line -> assertThat(line).doesNotContain(SECRETS));
  }

  private long logged(String text) {
    return logged.list.stream().filter(e -> e.getFormattedMessage().contains(text)).count();
  }

  private static Path only(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  private TapFixture tap(Path folder) {
    return new TapFixture(connection, PIPELINE, folder, upstream.url(), Map.of());
  }

  private static void ask(TapFixture tap, String text) throws Exception {
    assertThat(
            tap.send(
                    TapFixture.question(tap.url("/v1/chat/completions"), question(text))
                        .header("Authorization", "Bearer sk-verysecret")
                        .header("Cookie", "session=cookie-verysecret")
                        .build())
                .statusCode())
        .isEqualTo(200);
  }

  private static String question(String text) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"user\":\"ann@example.org\"}"
        .formatted(text);
  }

  private void restartCluster() {
    int port = URI.create("kafka://" + connection.bootstrapServers()).getPort();
    cluster =
        EmbeddedCluster.start(
            new BrokerSettings(brokerFolder, port), URI.create(connection.registryUrl()).getPort());
  }

  private void copyJournal() throws IOException {
    Files.createDirectory(other.resolve("tap"));
    try (Stream<Path> files = Files.list(data.resolve("tap"))) {
      for (Path file : files.toList()) {
        Files.copy(file, other.resolve("tap").resolve(file.getFileName()));
      }
    }
  }

  private static void assertNoSecretIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).isNotEmpty();
      for (Path file : all) {
        assertThat(Files.readString(file, ISO_8859_1)).contains("I am").doesNotContain(SECRETS);
      }
    }
  }
}
