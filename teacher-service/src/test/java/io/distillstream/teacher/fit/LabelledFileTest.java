package io.distillstream.teacher.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledFileTest {
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
    assertThat(LabelledFile.read(csv))
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
    assertThat(LabelledFile.read(jsonl))
        .containsExactly(
            new LabelledExample("a cat", "animal"), new LabelledExample("a \"rose\"", "plant"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a.csv; text,name|x,y; a.csv:1: expected a header with the columns text and label",
        "a.csv; text,label|ok,l|one; a.csv:3: expected 2 fields, got 1",
        "a.csv; text,label|ok,l|,l; a.csv:3: the text is empty",
        "a.csv; text,label|ok,; a.csv:2: the label is empty",
        "a.csv; text,label|'two|lines',l|x,'open; a.csv:4: a quoted field does not end",
        "a.csv; text,label|'a'b,l; a.csv:2: expected a comma behind a quoted field, got 'b'",
        "a.csv; text,label|; a.csv: there is no example in it",
        "a.jsonl; {'text':'x','label':'l'}|{'text':; a.jsonl:2: not JSON",
        "a.jsonl; {'text':'x'}; a.jsonl:1: expected a JSON object with the string \"label\"",
        "a.jsonl; [1]; a.jsonl:1: expected a JSON object with the string \"text\"",
        "a.txt; x; a.txt: expected a name ending in .csv"
      })
  void shouldNameFileLineAndProblem(String name, String content, String message)
      throws IOException {
    Path file = file(name, content.replace('|', '\n').replace('\'', '"'));
    assertThatThrownBy(() -> LabelledFile.read(file))
        .isInstanceOf(LabelledFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldNameAMissingFileAndOneThatIsNotUtf8() throws IOException {
    assertThatThrownBy(() -> LabelledFile.read(folder.resolve("missing.csv")))
        .isInstanceOf(LabelledFileException.class)
        .hasMessageContaining("missing.csv: there is no such file");
    Path latin =
        Files.write(
            folder.resolve("latin.csv"), "text,label\né,l\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> LabelledFile.read(latin))
        .isInstanceOf(LabelledFileException.class)
        .hasMessageContaining("latin.csv: it is not UTF-8");
  }
}
