package io.distillstream.local.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.distillstream.local.server.ServerAccess;
import io.distillstream.local.terminal.CommandFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProbeTest {

  private static final String ENTRY =
      "{\"token\":\"a\",\"id\":5,\"logprob\":-1,\"top_logprobs\":[{},{},{}]}";

  private HttpServer server;
  private int mostAlternatives;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/models", exchange -> answer(exchange, 200, "{\"data\":[{\"id\":\"m\"}]}"));
    server.createContext("/v1/chat/completions", this::chat);
    server.createContext("/tokenize", exchange -> answer(exchange, 200, "{\"tokens\":[1,2,3]}"));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void shouldTellWhatAServerWithLogProbabilitiesCanDo() throws Exception {
    mostAlternatives = 20;
    assertThat(probed())
        .containsEntry("model", "m")
        .containsEntry("chat", "yes")
        .containsEntry("text", "no: 404")
        .containsEntry("log-probabilities", "yes")
        .containsEntry("alternatives", "3 at least")
        .containsEntry("streams", "yes, with log-probabilities")
        .containsEntry("token ids", "with each log-probability");
    assertThat(probed().get("tokenizer")).matches("[0-9a-f]{12} by /tokenize");
  }

  @Test
  void shouldTellWhatAServerWithoutCanNot() throws Exception {
    server.removeContext("/tokenize");
    assertThat(probed())
        .containsEntry("log-probabilities", "no")
        .containsEntry("streams", "yes, without log-probabilities")
        .containsEntry("token ids", "no")
        .containsEntry("tokenizer", "not told")
        .doesNotContainKey("alternatives");
  }

  @Test
  void shouldSayThatNobodyAnswers() {
    stop();
    assertThatThrownBy(this::probed)
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("No answer from http://127.0.0.1:");
  }

  private Map<String, String> probed() throws InterruptedException {
    Map<String, String> found = new LinkedHashMap<>();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/";
    new Probe(new ProbedServer(url, null, ServerAccess.NONE), null).run(found::put);
    return found;
  }

  private void chat(HttpExchange exchange) throws IOException {
    JsonNode asked = new ObjectMapper().readTree(exchange.getRequestBody());
    boolean scored = asked.path("logprobs").asBoolean();
    if (asked.path("top_logprobs").asInt() > mostAlternatives) {
      answer(exchange, 400, "{\"error\":\"too many\"}");
      return;
    }
    String entries = scored ? ENTRY : "";
    String json = "{\"choices\":[{\"logprobs\":{\"content\":[" + entries + "]}}]}";
    if (asked.path("stream").asBoolean()) {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      answer(exchange, 200, "data: " + json + "\n\ndata: [DONE]\n\n");
    } else {
      answer(exchange, 200, json);
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
