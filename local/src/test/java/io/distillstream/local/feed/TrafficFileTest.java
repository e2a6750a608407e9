package io.distillstream.local.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.local.feed.TrafficFile.Format;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrafficFileTest {

  @Test
  void shouldReadQuotedCsvAndNumberWhatHasNoId() {
    assertThat(
            read(
                Format.CSV,
                """
                label,text
                noun.animal,"a ""small"" dog, barking"

                ,"two
                lines"
                """))
        .containsExactly(
            new TrafficItem("f-0", "a \"small\" dog, barking", Optional.of("noun.animal")),
            new TrafficItem("f-1", "two\nlines", Optional.empty()));
  }

  @Test
  void shouldReadJsonLines() {
    assertThat(
            read(
                Format.JSONL,
                """
                {"text": "a dog", "label": "noun.animal", "request_id": "r-7"}

                {"text": "a cat"}
                """))
        .containsExactly(
            new TrafficItem("r-7", "a dog", Optional.of("noun.animal")),
            new TrafficItem("f-1", "a cat", Optional.empty()));
  }

  @Test
  void shouldNameFileAndLineOfWhatIsNoRequest() {
    assertThatThrownBy(() -> read(Format.JSONL, "{\"text\": \"a\"}\n{\"txet\": \"b\"}\n"))
        .hasMessage("f, line 2: unknown field 'txet'; accepted are text, label, request_id");
    assertThatThrownBy(() -> read(Format.JSONL, "{\"text\": 7}")).hasMessageContaining("line 1");
    assertThatThrownBy(() -> read(Format.JSONL, "[1]")).hasMessageContaining("a JSON object");
    assertThatThrownBy(() -> read(Format.CSV, "gloss,label\nx,y\n"))
        .hasMessageContaining("[gloss, label], expected a column 'text'");
    assertThatThrownBy(() -> read(Format.CSV, "text\n\" \"\n"))
        .hasMessageContaining("'text' is missing or blank");
  }

  private static List<TrafficItem> read(Format format, String content) {
    List<TrafficItem> items = new ArrayList<>();
    new TrafficFile("f", new StringReader(content), format, "f").forEachRemaining(items::add);
    return items;
  }
}
