package io.distillstream.local.synthesize.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.ModelLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyWordsTest {

  /** As many words as a vocabulary needs. */
  private static final List<String> ENOUGH =
      IntStream.range(0, VocabularyWords.FEWEST)
          .mapToObj(i -> "word" + (char) ('a' + i % 26) + (char) ('a' + i / 26))
          .toList();

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets the folder.
  VocabularyWordsTest() {}

  private List<String> words(List<String> pieces) throws IOException {
    String entries =
        IntStream.range(0, pieces.size())
            .mapToObj(i -> "\"%s\": %d".formatted(pieces.get(i), i))
            .collect(Collectors.joining(", "));
    return read("{\"model\": {\"vocab\": {%s}}}".formatted(entries));
  }

  private List<String> read(String file) throws IOException {
    Path written = Files.writeString(folder.resolve("tokenizer.json"), file);
    return VocabularyWords.read(new ModelLocation(written.toString()));
  }

  private static List<String> with(List<String> pieces, String prefix) {
    return Stream.concat(pieces.stream(), ENOUGH.stream().map(prefix::concat)).toList();
  }

  @Test
  void shouldTakeWholeWordsOfWordPieces() throws IOException {
    assertThat(words(with(List.of("[PAD]", "##ing", "a", "dog", "1999", "größe", "狗"), "")))
        .startsWith("dog", "größe")
        .hasSize(2 + ENOUGH.size())
        .doesNotContain("ing", "##ing", "a", "狗");
  }

  @Test
  void shouldTakeSingleCharactersWhereMostWordsAreSuch() throws IOException {
    List<String> characters =
        IntStream.range(0, 2 * VocabularyWords.FEWEST)
            .mapToObj(i -> Character.toString(0x4e00 + i))
            .toList();

    assertThat(words(with(characters, ""))).containsAll(characters).containsAll(ENOUGH);
  }

  @Test
  void shouldTakeWhatBeginsAWordOfByteLevelPairs() throws IOException {
    // The bytes of "größe", as such vocabularies spell them.
    assertThat(
            words(with(List.of("ing", "\u0120dog", "\u0120gr\u00c3\u00b6\u00c3\u0141e"), "\u0120")))
        .startsWith("dog", "größe")
        .hasSize(2 + ENOUGH.size());
  }

  @Test
  void shouldTakeWhatBeginsAWordOfUnigrams() throws IOException {
    String pieces =
        with(List.of("<unk>", "ing", "\u2581dog"), "\u2581").stream()
            .map(piece -> "[\"%s\", -1.5]".formatted(piece))
            .collect(Collectors.joining(", "));

    assertThat(read("{\"model\": {\"type\": \"Unigram\", \"vocab\": [%s]}}".formatted(pieces)))
        .startsWith("dog")
        .hasSize(1 + ENOUGH.size());
  }

  @Test
  void shouldTakeAWordALine() throws IOException {
    assertThat(read(String.join("\n", ENOUGH) + "\n\n##s\n")).isEqualTo(ENOUGH);
  }

  @Test
  void shouldTakeTheBundledTeachersWords() {
    assertThat(
            VocabularyWords.read(new ModelLocation("classpath:/all-minilm-l6-v2-tokenizer.json")))
        .startsWith("the")
        .hasSizeGreaterThan(15_000)
        .allMatch(word -> word.equals(word.toLowerCase(Locale.ROOT)));
  }

  @Test
  void shouldSayWhatIsWrong() {
    assertThatThrownBy(() -> words(List.of("dog", "cat")))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("holds 2 whole words, expected at least 100");
    assertThatThrownBy(() -> read("{ no"))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("is no tokenizer.json");
    assertThatThrownBy(
            () -> VocabularyWords.read(new ModelLocation(folder.resolve("none").toString())))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("does not exist");
  }
}
