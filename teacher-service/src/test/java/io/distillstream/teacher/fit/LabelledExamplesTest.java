package io.distillstream.teacher.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.text.TextFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledExamplesTest {
  @TempDir Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  @Test
  void shouldReadCsvWithQuotesBreaksAndOtherColumns() throws IOException {
    Path csv =
        file(
            "a.csv",
            String.join(
                "\r\n",
                "\ufefflabel,id,text",
                "animal,1,\"a \"\"big\"\" cat, black\"",
                "",
                "plant,2,\"two\nlines\"",
                "plant,3,ünïcode"));
    assertThat(LabelledExamples.read(csv))
        .containsExactly(
            new LabelledExample("a \"big\" cat, black", "animal"),
            new LabelledExample("two\nlines", "plant"),
            new LabelledExample("ünïcode", "plant"));
  }

  @Test
  void shouldReadJsonLines() throws IOException {
    Path jsonl =
        file(
            "a.jsonl",
            """
            {"text": "a cat", "label": "animal", "id": 7}

            {"label": "plant", "text": "a \\"rose\\""}
            """);
    assertThat(LabelledExamples.read(jsonl))
        .containsExactly(
            new LabelledExample("a cat", "animal"), new LabelledExample("a \"rose\"", "plant"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "a.csv; text,name|x,y; a.csv, line 2: 'label' is missing",
        "a.csv; name,label|x,y; a.csv, line 1: expected a header with the column 'text'",
        "a.csv; text,label|ok,l|one; a.csv, line 3: expected 2 cells, as the header has; found 1",
        "a.csv; text,label|ok,l|,l; a.csv, line 3: 'text' is missing or blank",
        "a.csv; text,label|ok,; a.csv, line 2: 'label' is missing or blank",
        "a.csv; text,label|'two|lines',l|x,'open; a.csv, line 4: not CSV",
        "a.csv; text,label|'a'b,l; a.csv, line 2: not CSV",
        "a.csv; text,label|; a.csv: there is no example in it",
        "a.jsonl; {'text':'x','label':'l'}|{'text':; a.jsonl, line 2: not JSON",
        "a.jsonl; {'text':'x'}; a.jsonl, line 1: 'label' is missing or blank",
        "a.jsonl; [1]; a.jsonl, line 1: expected a JSON object",
        "a.txt; x; a.txt: expected a name ending in .csv"
      })
  void shouldNameFileLineAndProblem(String name, String content, String message)
      throws IOException {
    Path file = file(name, content.replace('|', '\n').replace('\'', '"'));
    assertThatThrownBy(() -> LabelledExamples.read(file))
        .isInstanceOf(TextFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldNameAMissingFileAndOneThatIsNotUtf8() throws IOException {
    assertThatThrownBy(() -> LabelledExamples.read(folder.resolve("missing.csv")))
        .isInstanceOf(TextFileException.class)
        .hasMessageContaining("missing.csv: there is no such file");
    Path latin =
        Files.write(
            folder.resolve("latin.csv"), "text,label\né,l\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> LabelledExamples.read(latin))
        .isInstanceOf(TextFileException.class)
        .hasMessageContaining("latin.csv, line 1: not UTF-8");
  }
}
