package io.distillstream.artifacts.candidate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProbeTextsTest {
  private static final int MAX_TOKENS = 32;
  private static final WordPieceTokenizer TOKENIZER = tokenizer(200);
  private static final ModelMetadata METADATA = metadata(TOKENIZER);

  @Test
  void shouldVaryFromAFewPiecesToAsManyAsTheModelTakes() {
    List<String> texts = ProbeTexts.of(METADATA, 4, 1);

    assertThat(texts).hasSize(4).doesNotHaveDuplicates();
    assertThat(texts)
        .map(text -> TOKENIZER.encode(text, 1000).length)
        .isSorted()
        .first()
        .isEqualTo(ProbeTexts.FEWEST_PIECES + 2);
    assertThat(TOKENIZER.encode(texts.get(3), 1000)).hasSize(MAX_TOKENS);
  }

  @Test
  void shouldBeMadeOfTheVocabularyAlone() {
    List<String> words =
        ProbeTexts.of(METADATA, 16, 1).stream()
            .flatMap(text -> Arrays.stream(text.split("[ x]")))
            .toList();

    assertThat(words).isNotEmpty().allMatch(word -> word.matches("w[0-9]+|[0-9]+|[.]|"));
    assertThat(words).contains(".").doesNotContain("[MASK]", "[unused1]");
  }

  @Test
  void shouldDrawContinuationsToo() {
    assertThat(ProbeTexts.of(METADATA, 16, 1)).anyMatch(text -> text.contains("x"));
  }

  @Test
  void shouldDependOnNothingButModelAndSeed() {
    assertThat(ProbeTexts.of(METADATA, 4, 1)).isEqualTo(ProbeTexts.of(METADATA, 4, 1));
    assertThat(ProbeTexts.of(METADATA, 4, 2))
        .doesNotContainAnyElementsOf(ProbeTexts.of(METADATA, 4, 1));
  }

  @Test
  void shouldMakeOneTextWhereOneIsAskedFor() {
    assertThat(ProbeTexts.of(METADATA, 1, 1)).hasSize(1).noneMatch(String::isBlank);
  }

  @Test
  void shouldRefuseAVocabularyThatHasNoWords() {
    ModelMetadata wordless =
        metadata(new WordPieceTokenizer(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "##x")));

    assertThatThrownBy(() -> ProbeTexts.of(wordless, 4, 1))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("begins a word");
  }

  private static WordPieceTokenizer tokenizer(int words) {
    List<String> pieces =
        new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", "."));
    IntStream.range(0, words).forEach(i -> pieces.add("w" + i));
    IntStream.range(0, words / 4).forEach(i -> pieces.add("##x" + i));
    return new WordPieceTokenizer(pieces);
  }

  private static ModelMetadata metadata(WordPieceTokenizer tokenizer) {
    return new ModelMetadata(
        new LabelSpace(List.of("act", "food")), MAX_TOKENS, tokenizer, Map.of());
  }
}
