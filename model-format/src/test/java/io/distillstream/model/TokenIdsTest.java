package io.distillstream.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Texts and their ids by a small vocabulary, in {@code token-ids.json}. Tokenizers in other
 * languages are held to the same file: see {@code clients}.
 */
class TokenIdsTest {

  private record Example(WordPieceTokenizer tokenizer, String text, int maxTokens, List<Long> ids) {
    @Override
    public String toString() {
      return text + " in " + maxTokens;
    }
  }

  private static Stream<Example> examples() throws Exception {
    try (InputStream file = TokenIdsTest.class.getResourceAsStream("token-ids.json")) {
      JsonFields root = Json.object(requireNonNull(file));
      WordPieceTokenizer tokenizer = new WordPieceTokenizer(root.texts("vocabulary"));
      return root.objects("examples").stream()
          .map(
              example ->
                  new Example(
                      tokenizer,
                      example.text("text"),
                      (int) example.wholeNumber("max_tokens", 2, 10_000),
                      example.wholeNumbers("ids", 0, 10_000)));
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void shouldGiveTheIdsThatEveryLanguageGives(Example example) {
    int[] ids = example.tokenizer().encode(example.text(), example.maxTokens());
    assertThat(Arrays.stream(ids).asLongStream().boxed()).containsExactlyElementsOf(example.ids());
  }

  @Test
  void shouldHaveExamplesOfEveryKind() throws Exception {
    assertThat(examples()).hasSizeGreaterThan(70);
  }
}
