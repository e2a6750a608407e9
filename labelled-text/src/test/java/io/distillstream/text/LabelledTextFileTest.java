package io.distillstream.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelledTextFileTest {

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets the folder.
  LabelledTextFileTest() {}

  @ParameterizedTest
  @ValueSource(strings = {"texts.csv", "texts.jsonl"})
  void shouldWriteWhatItsReaderReads(String name) throws Exception {
    Path file = folder.resolve(name);
    String awkward = " a \"small\" dog,\r\nbarking \u00e4\u2603";
    try (LabelledTextFile written = LabelledTextFile.create(file)) {
      written.write("a cat", Optional.of("noun.animal"));
      written.write(awkward, Optional.empty());
    }

    List<LabelledText> texts = new ArrayList<>();
    try (LabelledTexts read = LabelledTexts.open(file)) {
      read.forEachRemaining(texts::add);
    }
    assertThat(texts)
        .extracting(LabelledText::text, LabelledText::label)
        .containsExactly(
            tuple("a cat", Optional.of("noun.animal")), tuple(awkward, Optional.empty()));
  }

  @Test
  void shouldHaveATextInTheFileAtOnce() throws Exception {
    Path file = folder.resolve("texts.csv");
    try (LabelledTextFile written = LabelledTextFile.create(file)) {
      written.write("a cat", Optional.of("x"));
      assertThat(file).hasContent("text,label\na cat,x\n");
    }
  }

  @Test
  void shouldReplaceNoFile() throws Exception {
    Path file = Files.writeString(folder.resolve("texts.csv"), "mine");

    assertThatThrownBy(() -> LabelledTextFile.create(file))
        .isInstanceOf(TextFileException.class)
        .hasMessage(file + ": exists already, and is not replaced");
    assertThat(file).hasContent("mine");
  }

  @Test
  void shouldSayWhatIsWrongWithAName() {
    assertThatThrownBy(() -> LabelledTextFile.create(folder.resolve("texts.txt")))
        .hasMessageContaining("expected a name ending in .csv");
    assertThatThrownBy(() -> LabelledTextFile.create(folder.resolve("none").resolve("texts.csv")))
        .hasMessageContaining("there is no such folder");
  }
}
