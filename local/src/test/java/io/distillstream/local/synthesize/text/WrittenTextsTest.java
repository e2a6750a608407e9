package io.distillstream.local.synthesize.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.MustBeClosed;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.kind.OpenAiWriting;
import io.distillstream.teacher.openai.WritingPrompt;
import io.distillstream.teacher.openai.WritingSettings;
import io.distillstream.teacher.traffic.TeacherSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A language model's server, by its protocol, and what is made of its answers. */
@Timeout(60)
class WrittenTextsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LabelSpace LABELS = new LabelSpace(List.of("sport", "art", "money"));
  private static final WritingPrompt PROMPT =
      new WritingPrompt("{label} of {labels}, {count} texts: {words}");

  private HttpServer server;
  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile UnaryOperator<String> model = prompt -> "";

  @SuppressWarnings("NullAway.Init") // Each test's start sets the server.
  WrittenTextsTest() {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    asked.add(request);
    ObjectNode answer = JSON.createObjectNode();
    answer
        .putArray("choices")
        .addObject()
        .putObject("message")
        .put("content", model.apply(request.at("/messages/0/content").asText()));
    byte[] body = answer.toString().getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @MustBeClosed
  private WrittenTexts open(int maxBytes) {
    Map<String, String> values =
        Map.of(
            "teacher.openai.url",
            "http://127.0.0.1:" + server.getAddress().getPort(),
            "teacher.openai.model",
            "writer");
    WritingSettings settings =
        OpenAiWriting.from(Settings.load(TeacherSettings.all(), values), PROMPT);
    return WrittenTexts.open(settings, LABELS, List.of("dog", "tree"), maxBytes, 1);
  }

  @Test
  void shouldHaveAsManyTextsWrittenOfEachLabel() throws Exception {
    model =
        prompt -> {
          int call = calls.incrementAndGet();
          String label = prompt.substring(0, prompt.indexOf(' '));
          return "Here are some:\n1. %s one %d\n- \"%s two %d\"\n\n"
              .formatted(label, call, label, call);
        };
    List<String> texts = new ArrayList<>();
    try (WrittenTexts source = open(1_000)) {
      for (int i = 0; i < 15; i++) {
        texts.addAll(source.next(2));
      }
    }

    assertThat(texts).hasSize(30).doesNotHaveDuplicates();
    for (String label : LABELS.labels()) {
      assertThat(texts).filteredOn(text -> text.startsWith(label)).hasSize(10);
    }
    assertThat(texts).allSatisfy(text -> assertThat(text).matches("[a-z]+ (one|two) \\d+"));
    JsonNode request = asked.get(asked.size() - 1);
    assertThat(request.path("model").asText()).isEqualTo("writer");
    assertThat(request.path("temperature").asInt()).isEqualTo(1);
    assertThat(request.at("/messages/0/content").asText())
        .matches("[a-z]+ of sport, art, money, 10 texts: ((dog|tree)(, )?){2}");
  }

  @Test
  void shouldEndWhereTheModelSaysNothingNew() throws Exception {
    model = prompt -> "always the same\n" + "far too long ".repeat(20);
    try (WrittenTexts source = open(100)) {
      source.passOver(List.of("sent before"));

      assertThat(source.next(5)).containsExactly("always the same");
      assertThat(source.next(5)).isEmpty();
    }
  }
}
