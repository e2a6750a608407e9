package io.distillstream.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledTextsTest {
  @TempDir Path folder;

  @Test
  void shouldReadCsvAsItStands() throws Exception {
    assertThat(
            csv(
                """
                label,text,weight
                 animal ," a ""quoted"", text
                in two lines ",1

                ,no label,2
                """
                    .replace("\n", "\r\n")))
        .containsExactly(
            new LabelledText(
                " a \"quoted\", text\r\nin two lines ", Optional.of("animal"), Optional.empty(), 2),
            new LabelledText("no label", Optional.empty(), Optional.empty(), 5));
  }

  @Test
  void shouldReadJsonLinesAsTheyStand() throws Exception {
    assertThat(
            json(
                """
                {"text": " a text ", "label": " plant ", "request_id": "r-1", "weight": [1]}

                {"text": "a number for a label", "label": 7}
                {"text": "none", "label": null}
                """))
        .containsExactly(
            new LabelledText(" a text ", Optional.of("plant"), Optional.of("r-1"), 1),
            new LabelledText("a number for a label", Optional.of("7"), Optional.empty(), 3),
            new LabelledText("none", Optional.empty(), Optional.empty(), 4));
  }

  @ParameterizedTest
  @CsvSource({"CSV, 'text,lable\na,b\n'", "JSONL, '{\"text\": \"a\", \"lable\": \"b\"}'"})
  void shouldTellWhatItHasNoUseFor(TextFormat format, String file) throws Exception {
    try (LabelledTexts texts = LabelledTexts.of("texts", bytes(file), format)) {
      assertThat(texts.next().label()).isEmpty();
      assertThat(texts.unused()).containsExactly("lable");
    }
  }

  @Test
  void shouldSkipAByteOrderMark() throws Exception {
    assertThat(csv("\uFEFFtext\nfirst\n")).extracting(LabelledText::text).containsExactly("first");
    assertThat(json("\uFEFF{\"text\": \"first\"}")).hasSize(1);
  }

  @Test
  void shouldReadAnEmptyFileOfJsonLines() throws Exception {
    assertThat(json("")).isEmpty();
    assertThat(json("\n  \n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'text,label\n\na,b\nshort\n' | line 4: expected 2 cells, as the header has; found 1",
        "'text,label\na,b,c\n' | line 2: expected 2 cells, as the header has; found 3",
        "'text,label\n\"in two\nlines\",b,c\n' | line 2: expected 2 cells",
        "'text,text\na,b\n' | line 1: the first row must name each column once",
        "'sentence,label\na,b\n' | line 1: expected a header with the column 'text', found [sentence, label]",
        "'' | line 1: expected a header with the column 'text', found []",
        "'text,label\n  ,b\n' | line 2: 'text' is missing or blank",
        "'text,label\n\"never ends,b\n' | line 2: not CSV: ",
      })
  void shouldSayWhatIsWrongWithCsv(String file, String problem) {
    assertThatThrownBy(() -> csv(file))
        .isInstanceOf(TextFileException.class)
        .hasMessageStartingWith("texts, " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`{\"text\": \"a\"}\n{\"text\": ` | line 2: not JSON",
        "`{\"text\": \"a\"} {}` | line 1: not JSON",
        "`[1]` | line 1: expected a JSON object",
        "`\n{\"label\": \"b\"}` | line 2: 'text' is missing or blank",
        "`{\"text\": 3}` | line 1: 'text' is not a string",
        "`{\"text\": \"a\", \"label\": [1]}` | line 1: 'label' is not a string",
        "`{\"text\": \"a\", \"label\": 1.5}` | line 1: 'label' is not a string",
      })
  void shouldSayWhatIsWrongWithJsonLines(String file, String problem) {
    assertThatThrownBy(() -> json(file))
        .isInstanceOf(TextFileException.class)
        .hasMessageStartingWith("texts, " + problem);
  }

  @Test
  void shouldRefuseWhatIsNotUtf8() {
    byte[] latin1 = "text\ncaf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> read(new ByteArrayInputStream(latin1), TextFormat.CSV))
        .isInstanceOf(TextFileException.class)
        .hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> read(new ByteArrayInputStream(latin1), TextFormat.JSONL))
        .isInstanceOf(TextFileException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void shouldTellTheFormatByTheName() throws Exception {
    Path file = Files.writeString(folder.resolve("texts.NDJSON"), "{\"text\": \"a\"}");
    try (LabelledTexts texts = LabelledTexts.open(file)) {
      assertThat(texts.next().text()).isEqualTo("a");
    }
    assertThatThrownBy(() -> LabelledTexts.open(folder.resolve("texts.tsv")))
        .hasMessageContaining(".csv, .jsonl or .ndjson");
    assertThatThrownBy(() -> LabelledTexts.open(folder.resolve("none.csv")))
        .hasMessageContaining("there is no such file");
  }

  @ParameterizedTest
  @CsvSource({
    "CSV, 'text\nfirst\n', 'second\n'",
    "JSONL, '{\"text\": \"first\"}\n', '{\"text\": \"second\"}\n'"
  })
  @Timeout(20)
  void shouldHandOverATextAsSoonAsItsLineIsComplete(TextFormat format, String first, String second)
      throws Exception {
    try (PipedOutputStream writer = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(writer)) {
      writer.write(first.getBytes(StandardCharsets.UTF_8));
      writer.flush();
      LabelledTexts texts = LabelledTexts.of("pipe", in, format);
      assertThat(texts.next().text()).isEqualTo("first");
      writer.write(second.getBytes(StandardCharsets.UTF_8));
      writer.flush();
      assertThat(texts.next().text()).isEqualTo("second");
    }
  }

  private static List<LabelledText> csv(String file) throws IOException {
    return read(bytes(file), TextFormat.CSV);
  }

  private static List<LabelledText> json(String file) throws IOException {
    return read(bytes(file), TextFormat.JSONL);
  }

  private static InputStream bytes(String file) {
    return new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8));
  }

  private static List<LabelledText> read(InputStream in, TextFormat format) throws IOException {
    List<LabelledText> read = new ArrayList<>();
    try (LabelledTexts texts = LabelledTexts.of("texts", in, format)) {
      texts.forEachRemaining(read::add);
    }
    return read;
  }
}
