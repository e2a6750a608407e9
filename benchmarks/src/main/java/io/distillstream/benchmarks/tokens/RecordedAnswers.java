package io.distillstream.benchmarks.tokens;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.distillstream.openai.TokenReader;
import io.distillstream.openai.UnusableTokensException;
import io.distillstream.wire.payload.ScoredToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Answers of a language model, as {@code token_completions.py} writes them. */
final class RecordedAnswers {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RecordedAnswers() {}

  /**
   * The tokens of each answer of a file.
   *
   * @param alternatives how many of each token are kept, the first
   */
  static List<List<ScoredToken>> read(Path file, int alternatives)
      throws IOException, UnusableTokensException {
    List<List<ScoredToken>> answers = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode logprobs = JSON.readTree(line).path("choices").path(0).path("logprobs");
      for (JsonNode token : logprobs.path("content")) {
        cut((ArrayNode) token.path("top_logprobs"), alternatives);
      }
      answers.add(new TokenReader().read(logprobs));
    }
    return answers;
  }

  private static void cut(ArrayNode alternatives, int most) {
    while (alternatives.size() > most) {
      alternatives.remove(alternatives.size() - 1);
    }
  }
}
