package io.distillstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VocabularyTrimmingTest {
  private static final String TRAFFIC = "a wheeled vehicle drawn by one or more horses, horses!";
  private static final String OTHER = "Déjà vu: Schrödinger's photosynthesis 中文 [MASK] $9.99 1984";

  private static final WordPieceTokenizer FULL = MiniLm.tokenizer();

  private static VocabularyTrimming counted() {
    VocabularyTrimming trimming = new VocabularyTrimming(FULL);
    trimming.count(TRAFFIC);
    return trimming;
  }

  private static List<String> pieces(WordPieceTokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text, 1_000))
        .mapToObj(tokenizer.vocabulary()::get)
        .toList();
  }

  @Test
  void shouldCutTheTrafficAsBefore() {
    WordPieceTokenizer trimmed = counted().trimmed(1, Integer.MAX_VALUE);
    assertThat(trimmed.vocabulary().size()).isLessThan(2_100);
    assertThat(pieces(trimmed, TRAFFIC)).isEqualTo(pieces(FULL, TRAFFIC));
  }

  @Test
  void shouldSpellOutWhatItHasNoPieceFor() {
    WordPieceTokenizer trimmed = counted().trimmed(1, Integer.MAX_VALUE);
    List<String> spelt = pieces(trimmed, OTHER);
    assertThat(spelt).doesNotContain("[UNK]").contains("s", "##c", "##h", "[MASK]", "中");
    assertThat(withoutMarks(spelt)).isEqualTo(withoutMarks(pieces(FULL, OTHER)));
  }

  private static String withoutMarks(List<String> pieces) {
    return String.join("", pieces).replace("##", "");
  }

  @Test
  void shouldKeepTheMostFrequentOfTooMany() {
    VocabularyTrimming trimming = counted();
    WordPieceTokenizer one = trimming.trimmed(1, trimming.needed() + 1);
    assertThat(one.vocabulary()).contains("horses").doesNotContain("vehicle", "wheeled");
    assertThat(trimming.trimmed(2, Integer.MAX_VALUE).vocabulary()).isEqualTo(one.vocabulary());
    assertThat(trimming.trimmed(1, 3).vocabulary()).hasSize(trimming.needed());
  }

  @Test
  void shouldKeepPiecesWithACharacterThatHasNoPieceOfItsOwn() {
    WordPieceTokenizer odd =
        new WordPieceTokenizer(
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##a", "##b", "axb", "ab", "##ba"));
    assertThat(new VocabularyTrimming(odd).trimmed(1, 100).vocabulary())
        .containsExactly("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##a", "##b", "axb");
  }

  @Test
  void shouldWriteAFileThatTheReferenceReadsTheSame() throws Exception {
    WordPieceTokenizer trimmed = counted().trimmed(1, Integer.MAX_VALUE);
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    trimmed.writeTokenizerJson(json);
    WordPieceTokenizer read =
        WordPieceTokenizer.fromTokenizerJson(new ByteArrayInputStream(json.toByteArray()));
    assertThat(read.vocabulary()).isEqualTo(trimmed.vocabulary());
    try (HuggingFaceTokenizer reference =
        HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(json.toByteArray()),
            Map.of("padding", "false", "truncation", "false"))) {
      for (String text : List.of(TRAFFIC, OTHER)) {
        assertThat(Arrays.stream(reference.encode(text).getIds()).mapToInt(Math::toIntExact))
            .containsExactly(
                Arrays.stream(read.encode(text, 1_000)).boxed().toArray(Integer[]::new));
      }
    }
  }
}
