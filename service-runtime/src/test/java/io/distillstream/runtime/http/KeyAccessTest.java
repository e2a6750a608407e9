package io.distillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.distillstream.foundation.Sha256;
import io.distillstream.http.HttpBounds;
import io.distillstream.http.access.AccessRules;
import io.distillstream.http.access.KeyFile;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Which keys let a caller in, over real HTTP. */
@Timeout(30)
class KeyAccessTest {

  private static final String ALICES = "alices-key-0123456789";
  private static final String BOBS = "bobs:key+/=0123456789";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Path file;
  private ServedEcho server;

  @SuppressWarnings("NullAway.Init") // Before each.
  KeyAccessTest() {}

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("keys");
    Files.writeString(
        file,
        """
        # Who may call.

        alice:%s
          bob:sha256:%s
        """
            .formatted(ALICES, Sha256.hex(BOBS.getBytes(StandardCharsets.UTF_8))));
    server = serve(rules(false));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void shouldLetInWhoHasAKeyHoweverItIsShown() throws Exception {
    for (String key : List.of(ALICES, BOBS)) {
      assertThat(get("Authorization", "Bearer " + key).body()).isEqualTo("echo");
      assertThat(get("authorization", "bearer  " + key).body()).isEqualTo("echo");
      assertThat(get("X-API-Key", key).body()).isEqualTo("echo");
    }
    assertThat(get("Authorization", basic("alice", ALICES)).body()).isEqualTo("echo");
    assertThat(get("Authorization", basic("bob", BOBS)).body()).isEqualTo("echo");
    assertThat(server.get(client, "/metrics", "X-API-Key", ALICES).statusCode()).isEqualTo(200);
    assertThat(
            server
                .get(client, "/events", "Accept", "text/event-stream", "X-API-Key", ALICES)
                .body())
        .contains("first");
  }

  @Test
  void shouldAskForAKeyWhoShowsNone() throws Exception {
    HttpResponse<String> answer = server.get(client, "/echo");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body())
        .isEqualTo(
            "{\"error\":\"Expected an API key, as Authorization: Bearer KEY or X-API-Key: KEY\"}");
    assertThat(answer.headers().allValues("WWW-Authenticate"))
        .containsExactly(
            "Bearer realm=\"distillstream\"", "Basic realm=\"distillstream\", charset=\"UTF-8\"");
    assertThat(server.get(client, "/nowhere").statusCode()).isEqualTo(401);
    assertThat(server.get(client, "/metrics").statusCode()).isEqualTo(401);
    assertThat(server.denied("no-credentials")).isEqualTo(3);
  }

  @Test
  void shouldRefuseWhatIsNobodysKey() throws Exception {
    for (String shown :
        List.of(
            "Bearer " + ALICES + "x",
            "Bearer " + Sha256.hex(BOBS.getBytes(StandardCharsets.UTF_8)),
            "Bearer alice:" + ALICES,
            basic("alice", BOBS),
            basic("bob", ALICES),
            basic("carol", ALICES),
            basic("", ALICES))) {
      HttpResponse<String> answer = get("Authorization", shown);
      assertThat(answer.statusCode()).as(shown).isEqualTo(401);
      assertThat(answer.body())
          .startsWith("{\"error\":\"Nobody has this key")
          .doesNotContain(ALICES);
      assertThat(answer.headers().allValues("WWW-Authenticate").get(0))
          .endsWith("error=\"invalid_token\"");
    }
    assertThat(server.denied("unknown-key")).isEqualTo(7);
    assertThat(get("Authorization", "Basic ?").statusCode()).isEqualTo(401);
    assertThat(get("Authorization", "Digest " + ALICES).statusCode()).isEqualTo(401);
    assertThat(get("Proxy-Authorization", "Bearer " + ALICES).statusCode()).isEqualTo(401);
  }

  @Test
  void shouldNotHaveTheBrowserAskWhereAPagesScriptDoes() throws Exception {
    assertThat(get("Sec-Fetch-Mode", "cors").headers().allValues("WWW-Authenticate"))
        .containsExactly("Bearer realm=\"distillstream\"");
    assertThat(get("Sec-Fetch-Mode", "navigate").headers().allValues("WWW-Authenticate"))
        .hasSize(2);
  }

  @Test
  void shouldTellPagesOfAllowedOriginsWhatToSend() throws Exception {
    RawHttp raw = new RawHttp(server.port());
    String page = "Origin: https://example.org";

    assertThat(
            raw.send(
                "OPTIONS",
                "/echo",
                List.of("Host: localhost", page, "Access-Control-Request-Method: POST"),
                ""))
        .startsWith("HTTP/1.1 204")
        .contains("X-API-Key");
    assertThat(raw.get("/echo", "Host: localhost", page))
        .startsWith("HTTP/1.1 401")
        .contains("Access-Control-Allow-Origin: https://example.org");
  }

  @Test
  void shouldSayWhetherItLivesToEverybody() throws Exception {
    for (String path : List.of("/health/live", "/health/ready", "/healthz", "/health/live/")) {
      assertThat(server.get(client, path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(server.get(client, "/health/live/../../echo").statusCode()).isEqualTo(401);
    assertThat(new RawHttp(server.port()).get("/health/live/%2e%2e/echo", "Host: localhost"))
        .doesNotContain("HTTP/1.1 200");
  }

  @Test
  void shouldShowItsMetricsToEverybodyWhereThatIsWanted() throws Exception {
    ServedEcho other = serve(rules(true).withOpenPaths(List.of("/open", "/below/")));

    assertThat(other.get(client, "/metrics").statusCode()).isEqualTo(200);
    assertThat(other.get(client, "/echo").statusCode()).isEqualTo(401);
    assertThat(other.get(client, "/open").body()).isEqualTo("open");
    assertThat(other.get(client, "/open/more").statusCode()).isEqualTo(401);
    assertThat(other.get(client, "/below/nothing").statusCode()).isEqualTo(404);
    assertThat(other.get(client, "/below").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldReadItsKeysAgainWhenTheyChange() throws Exception {
    String next = "alices-next-key-0123";
    Path replacement = Files.writeString(folder.resolve("next"), "alice:" + next);
    Files.move(replacement, file, StandardCopyOption.REPLACE_EXISTING);

    await().until(() -> get("X-API-Key", next).statusCode() == 200);
    assertThat(get("X-API-Key", ALICES).statusCode()).isEqualTo(401);

    // A line that is none takes nobody's key away, and gives none.
    Files.writeString(file, "alice:" + ALICES + "\nshort:key\n");
    await()
        .during(Duration.ofMillis(1_500))
        .until(() -> get("X-API-Key", next).statusCode() == 200);
    assertThat(get("X-API-Key", ALICES).statusCode()).isEqualTo(401);

    Files.writeString(file, "# Nobody\n");
    await().until(() -> get("X-API-Key", next).statusCode() == 401);
  }

  @Test
  void shouldLogNoKey() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    root.addAppender(logged);
    try {
      String wrong = "a-key-that-nobody-has";
      assertThat(get("Authorization", "Bearer " + ALICES).statusCode()).isEqualTo(200);
      assertThat(get("Authorization", "Bearer " + wrong).statusCode()).isEqualTo(401);
      assertThat(get("Authorization", basic("alice", wrong)).statusCode()).isEqualTo(401);
      Files.writeString(file, "alice:" + ALICES + "\nno line with a key: " + wrong);
      await().until(() -> !logged.list.isEmpty());

      assertThat(logged.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .anySatisfy(
              line ->
                  assertThat(line)
                      .startsWith("x.api-keys = '" + file + "' has no key on line 2")
                      .endsWith("what was read before stays in use"))
          .noneMatch(line -> line.contains(ALICES) || line.contains(wrong));
    } finally {
      root.detachAppender(logged);
    }
  }

  @Test
  void shouldTakeTheBodyOfWhoIsRefused() throws Exception {
    RawHttp raw = new RawHttp(server.port());

    assertThat(
            raw.send(
                "POST",
                "/echo",
                List.of("Host: localhost", "Content-Type: application/json"),
                " ".repeat(1_000)))
        .startsWith("HTTP/1.1 401")
        .contains("Expected an API key");
  }

  private AccessRules rules(boolean openMetrics) {
    return new AccessRules(
        List.of(new KeyFile("x.api-keys", file, KeyFile.Form.NAMED)),
        Optional.empty(),
        false,
        openMetrics,
        List.of(),
        false);
  }

  private ServedEcho serve(AccessRules rules) {
    ServedEcho started = new ServedEcho(HttpBounds.DEFAULT, null, rules);
    open.add(started);
    return started;
  }

  private HttpResponse<String> get(String header, String value) throws Exception {
    return server.get(client, "/echo", header, value);
  }

  private static String basic(String name, String key) {
    return "Basic "
        + Base64.getEncoder().encodeToString((name + ":" + key).getBytes(StandardCharsets.UTF_8));
  }
}
