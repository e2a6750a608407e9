package io.distillstream.tap;

import static io.distillstream.openai.ScriptedUpstream.plain;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Completion;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.openai.ScriptedUpstream;
import io.distillstream.tap.json.LogProbabilityEraser.Form;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.TokenTableCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a client through the tap to an upstream and back, and onto the topic of a real broker. */
class TapServiceIT {

  private static final AtomicInteger PIPELINES = new AtomicInteger();
  private static final String WHOLE =
      "{\"model\":\"m\", \"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String STREAM = WHOLE.replace("{\"model\"", "{\"stream\":true,\"model\"");

  @TempDir static Path clusterFolder;
  @TempDir Path data;
  private static EmbeddedCluster cluster;
  private final HttpClient direct = HttpClient.newHttpClient();
  private ScriptedUpstream upstream;
  private TapFixture tap;

  @BeforeAll
  static void startCluster() {
    cluster = EmbeddedCluster.start(clusterFolder);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void start() throws IOException {
    upstream = new ScriptedUpstream();
    tap = fixture(Map.of());
  }

  private TapFixture fixture(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("tap.silence-timeout", "1h");
    return new TapFixture(
        new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
        "tap-" + PIPELINES.incrementAndGet(),
        data,
        upstream.url(),
        settings);
  }

  @AfterEach
  void stop() throws IOException {
    tap.close();
    upstream.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldStreamWhatTheUpstreamSaysWithoutLogProbabilitiesAndRecordThem(Form form)
      throws Exception {
    AtomicInteger seeds = new AtomicInteger();
    upstream.play(
        (asked, out) ->
            ScriptedUpstream.stream(
                out,
                ScriptedModel.stream(asked.asksForLogProbabilities(), form, "\r\n"),
                seeds.incrementAndGet()));
    for (int i = 0; i < 12; i++) {
      HttpResponse<String> answer = tap.ask(STREAM);
      assertThat(answer.body()).isEqualTo(ScriptedModel.stream(false, form, "\r\n"));
      assertThat(answer.headers().firstValue("X-Accel-Buffering")).contains("no");
    }
    assertThat(upstream.asked.get(0).body()).as("sent to learn the form").isEqualTo(STREAM);
    assertThat(upstream.asked.get(1).body())
        .isEqualTo(STREAM.replace("]}", "],\"logprobs\":true,\"top_logprobs\":3}"));
    List<Completion> completions = tap.completions(12);
    assertThat(completions).extracting(Completion::getText).containsOnly(ScriptedModel.TEXT);
    assertThat(completions.stream().filter(one -> one.getTokens() == null))
        .singleElement()
        .extracting(Completion::getTokensUnusable)
        .isEqualTo(TokensUnusable.NOT_ASKED);
    completions.stream().filter(one -> one.getTokens() != null).forEach(TapServiceIT::assertTokens);
    assertThat(tap.metric("distillstream_tap_completions_total{stage=\"tap\",tokens=\"usable\"}"))
        .isEqualTo(11);
  }

  @ParameterizedTest
  @EnumSource
  void shouldPassWholeAnswers(Form form) throws Exception {
    upstream.play(
        (asked, out) ->
            plain(
                out,
                200,
                "X-Request-Id: r7\r\n",
                ScriptedModel.whole(asked.asksForLogProbabilities(), form)));
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> answer = tap.ask(WHOLE);
      assertThat(answer.body()).isEqualTo(ScriptedModel.whole(false, form));
      assertThat(answer.headers().firstValue("X-Request-Id")).contains("r7");
      assertThat(answer.headers().firstValueAsLong("Content-Length"))
          .hasValue(answer.body().getBytes(UTF_8).length);
    }
    assertThat(tap.completions(3).stream().filter(one -> one.getTokens() != null)).hasSize(2);
  }

  @Test
  void shouldLeaveLogProbabilitiesToWhoAsksForThem() throws Exception {
    upstream.play((asked, out) -> plain(out, 200, "", ScriptedModel.whole(true, Form.NULL)));
    String own = WHOLE.replace("{\"model\"", "{\"logprobs\":true,\"model\"");
    assertThat(tap.ask(own).body()).isEqualTo(ScriptedModel.whole(true, Form.NULL));
    assertThat(upstream.asked.get(0).body()).isEqualTo(own);
    assertTokens(tap.completions(1).get(0));
  }

  @Test
  void shouldPassErrorsAsTheyAre() throws Exception {
    for (int status : new int[] {400, 401, 404, 429, 500, 503}) {
      String body = "{\"error\": {\"message\":\"no\",\"code\":%d}}".formatted(status);
      upstream.play((asked, out) -> plain(out, status, "Retry-After: 17\r\n", body));
      HttpResponse<String> answer = tap.ask(WHOLE);
      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.body()).isEqualTo(body);
      assertThat(answer.headers().firstValue("Retry-After")).contains("17");
    }
    assertThat(tap.metric("distillstream_tap_exchanges_unrecorded_total{reason=\"error-answer\""))
        .isEqualTo(6);
  }

  @Test
  void shouldAskWithoutLogProbabilitiesWhereTheyAreRefusedAndRememberIt() throws Exception {
    upstream.play(
        (asked, out) -> {
          if (asked.asksForLogProbabilities()) {
            plain(out, 400, "", "{\"error\":\"logprobs are not supported\"}");
          } else {
            plain(out, 200, "", ScriptedModel.whole(false, Form.NULL));
          }
        });
    for (int i = 0; i < 4; i++) {
      assertThat(tap.ask(WHOLE).body()).isEqualTo(ScriptedModel.whole(false, Form.NULL));
    }
    assertThat(upstream.asked.stream().map(ScriptedUpstream.Asked::asksForLogProbabilities))
        .containsExactly(false, true, false, false, false);
    assertThat(tap.completions(4))
        .extracting(Completion::getTokensUnusable)
        .containsOnly(TokensUnusable.NOT_ASKED, TokensUnusable.REFUSED);
  }

  @Test
  void shouldPassEverythingElse() throws Exception {
    upstream.play(
        (asked, out) ->
            plain(out, 200, "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n", "{\"logprobs\":1}"));
    HttpResponse<String> models =
        tap.send(
            HttpRequest.newBuilder(tap.url("/v1/models?limit=a%20b"))
                .header("Authorization", "Bearer k")
                .build());
    assertThat(models.body()).isEqualTo("{\"logprobs\":1}");
    assertThat(models.headers().allValues("Set-Cookie")).containsExactly("a=1", "b=2");
    assertThat(upstream.asked.get(0).head())
        .startsWith("GET /v1/models?limit=a%20b HTTP/1.1\r\n")
        .contains("Authorization: Bearer k");
    assertThat(tap.metric("distillstream_tap_exchanges_total")).isZero();
  }

  @Test
  void shouldKeepItsOwnKeyAndPassTheUpstreamsOn() throws Exception {
    Path keys = Files.writeString(data.resolve("keys"), "app:0123456789abcdef");
    tap.close();
    tap = fixture(Map.of("tap.api-keys", keys.toString()));
    URI models = tap.url("/v1/models");
    HttpRequest.Builder upstreams =
        HttpRequest.newBuilder(models).header("Authorization", "Bearer 0123456789abcdef");

    HttpResponse<String> refused = tap.send(upstreams.build());
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("Proxy-Authorization: Bearer KEY or X-API-Key: KEY");
    assertThat(refused.headers().allValues("WWW-Authenticate")).hasSize(1);
    assertThat(upstream.asked).isEmpty();

    HttpRequest.Builder known =
        HttpRequest.newBuilder(models).header("Authorization", "Bearer upstreams-own");
    tap.send(known.copy().header("X-API-Key", "0123456789abcdef").build());
    // By hand: Java's client sends this header to proxies of its own alone.
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), models.getPort())) {
      socket
          .getOutputStream()
          .write(
              """
              GET /v1/models HTTP/1.1\r
              Host: localhost\r
              Authorization: Bearer upstreams-own\r
              Proxy-Authorization: Bearer 0123456789abcdef\r
              Connection: close\r
              \r
              """
                  .getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200");
    }
    assertThat(upstream.asked)
        .hasSize(2)
        .allSatisfy(
            asked ->
                assertThat(asked.head())
                    .contains("Authorization: Bearer upstreams-own")
                    .doesNotContain("0123456789abcdef"));
  }

  @Test
  void shouldEndTheUpstreamsWorkWhenTheClientLeaves() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    upstream.play(
        (asked, out) -> {
          begun.countDown();
          ScriptedUpstream.streamHead(out);
          // As long as somebody listens.
          while (true) {
            ScriptedUpstream.chunk(out, ": ping\n\n".getBytes(UTF_8));
            pause();
          }
        });
    leave(STREAM, begun);
    assertThat(upstream.left.await(30, TimeUnit.SECONDS)).isTrue();
    await()
        .atMost(TapFixture.PATIENCE)
        .until(() -> tap.metric("distillstream_tap_open_exchanges") == 0);
  }

  @Test
  void shouldNoticeThatAClientLeavesBeforeTheAnswerBegins() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    upstream.play(
        (asked, out) -> {
          begun.countDown();
          while (end.getCount() > 0) {
            pause();
          }
        });
    leave(WHOLE, begun);
    await()
        .atMost(TapFixture.PATIENCE)
        .until(() -> tap.metric("distillstream_tap_open_exchanges") == 0);
    end.countDown();
  }

  @Test
  void shouldBreakOffWhatTheUpstreamBreaksOff() throws Exception {
    upstream.play(
        (asked, out) -> {
          ScriptedUpstream.streamHead(out);
          String stream = ScriptedModel.stream(false, Form.NULL, "\n");
          ScriptedUpstream.chunk(out, stream.substring(0, stream.length() / 2).getBytes(UTF_8));
          throw new IOException("cut");
        });
    assertThatThrownBy(() -> tap.ask(STREAM)).isInstanceOf(IOException.class);
    Completion completion = tap.completions(1).get(0);
    assertThat(completion.getTokensUnusable()).isEqualTo(TokensUnusable.CUT_SHORT);
    assertThat(completion.getText()).isNotEmpty().isNotEqualTo(ScriptedModel.TEXT);
  }

  @Test
  void shouldTellWhenNobodyAnswers() throws Exception {
    upstream.close();
    HttpResponse<String> answer = tap.ask(WHOLE);
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("\"type\":\"upstream_error\"");
  }

  private void leave(String body, CountDownLatch begun) throws Exception {
    URI url = tap.url("/v1/chat/completions");
    CompletableFuture<HttpResponse<String>> asked =
        direct.sendAsync(
            TapFixture.question(url, body).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    asked.cancel(true);
  }

  private static void pause() throws IOException {
    try {
      var unused = new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void assertTokens(Completion completion) {
    List<ScoredToken> tokens = TokenTableCodec.decode(completion.getTokens());
    assertThat(tokens)
        .extracting(token -> UTF_8.decode(token.token().duplicate()).toString())
        .isEqualTo(ScriptedModel.TOKENS);
    for (int i = 0; i < 3; i++) {
      assertThat(tokens.get(0).alternatives().get(i).logProbability())
          .isEqualTo(TokenTableCodec.rounded(ScriptedModel.LOG_PROBABILITIES.get(i).floatValue()));
    }
  }
}
