package io.distillstream.local.probe;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.foundation.Sha256;
import io.distillstream.local.probe.ProbedServer.Said;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Asks one thing after the other. */
final class Probe {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHAT = "/v1/chat/completions";
  private static final String TEXT = "/v1/completions";

  /** The bounds that servers are known to have lie between these. */
  private static final List<Integer> ALTERNATIVES = List.of(128, 64, 20, 5, 1);

  /**
   * Words, numbers, blanks and characters of several bytes, which tokenizers split in their own
   * ways.
   */
  private static final String SAMPLE =
      "Tokenizers differ: 12345, naïve café, 日本語,\n\tfoo_bar(x) != ἀλήθεια";

  private static final int DIGITS = 12;

  private final ProbedServer server;
  private final @Nullable String wanted;
  private String model = "";

  /**
   * @param wanted the model; null for the first that is listed
   */
  Probe(ProbedServer server, @Nullable String wanted) {
    this.server = server;
    this.wanted = wanted;
  }

  /**
   * Asks.
   *
   * @param found told what was found, by its name
   */
  void run(BiConsumer<String, String> found) throws InterruptedException {
    JsonNode models = server.get("/v1/models").json().path("data");
    model = wanted == null ? models.path(0).path("id").asText() : wanted;
    found.accept("models", models.isEmpty() ? "none listed" : Integer.toString(models.size()));
    found.accept("model", model.isEmpty() ? "unnamed" : model);
    found.accept("chat", verdict(server.post(CHAT, chat())));
    found.accept("text", verdict(server.post(TEXT, text())));
    int most = mostAlternatives();
    found.accept("log-probabilities", most > 0 ? "yes" : "no");
    if (most > 0) {
      found.accept("alternatives", most + " at least");
    }
    found.accept("streams", streams(most));
    found.accept("token ids", tokenIds());
    found.accept("tokenizer", tokenizer());
  }

  private int mostAlternatives() throws InterruptedException {
    for (int asked : ALTERNATIVES) {
      Said said = server.post(CHAT, scored(asked));
      JsonNode first = entries(said.json()).path(0);
      if (said.good() && !first.isMissingNode()) {
        return Math.max(1, first.path("top_logprobs").size());
      }
    }
    return 0;
  }

  private String streams(int alternatives) throws InterruptedException {
    Said said = server.post(CHAT, scored(Math.max(1, alternatives)).put("stream", true));
    if (!said.good() || !said.streamed()) {
      Said plain = server.post(CHAT, chat().put("stream", true));
      return plain.good() && plain.streamed() ? "yes, without log-probabilities" : verdict(plain);
    }
    boolean scored =
        said.body()
            .lines()
            .filter(line -> line.startsWith("data:"))
            .anyMatch(line -> !entries(ProbedServer.parsed(line.substring(5))).isEmpty());
    return scored ? "yes, with log-probabilities" : "yes, without log-probabilities";
  }

  private String tokenIds() throws InterruptedException {
    JsonNode said = server.post(CHAT, scored(1).put("return_token_ids", true)).json();
    if (entries(said).path(0).has("id")) {
      return "with each log-probability";
    }
    return said.path("choices").path(0).path("token_ids").isArray() ? "by return_token_ids" : "no";
  }

  /** Two servers of the same tokenizer have the same fingerprint. */
  private String tokenizer() throws InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("content", SAMPLE).put("prompt", SAMPLE);
    body.put("add_special_tokens", false).put("add_special", false);
    Said said = server.post("/tokenize", named(body));
    JsonNode tokens = said.json().path("tokens");
    return said.good() && tokens.isArray() && !tokens.isEmpty()
        ? Sha256.hex(tokens.toString().getBytes(UTF_8)).substring(0, DIGITS) + " by /tokenize"
        : "not told";
  }

  private static JsonNode entries(JsonNode answer) {
    return answer.path("choices").path(0).path("logprobs").path("content");
  }

  private static String verdict(Said said) {
    return said.good() ? "yes" : "no: " + said.status();
  }

  private ObjectNode chat() {
    ObjectNode body = JSON.createObjectNode().put("max_tokens", 1);
    body.putArray("messages").addObject().put("role", "user").put("content", "Say one word.");
    return named(body);
  }

  private ObjectNode scored(int alternatives) {
    return chat().put("logprobs", true).put("top_logprobs", alternatives);
  }

  private ObjectNode text() {
    return named(JSON.createObjectNode().put("max_tokens", 1).put("prompt", "One"));
  }

  private ObjectNode named(ObjectNode body) {
    return model.isEmpty() ? body : body.put("model", model);
  }
}
