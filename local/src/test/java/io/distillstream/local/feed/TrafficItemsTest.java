package io.distillstream.local.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.text.LabelledTexts;
import io.distillstream.text.TextFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TrafficItemsTest {

  @Test
  void shouldReadQuotedCsvAndNumberWhatHasNoId() {
    assertThat(
            read(
                TextFormat.CSV,
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
                TextFormat.JSONL,
                """
                {"text": "a dog", "label": "noun.animal", "request_id": "r-7"}

                {"text": "a cat"}
                """))
        .containsExactly(
            new TrafficItem("r-7", "a dog", Optional.of("noun.animal")),
            new TrafficItem("f-1", "a cat", Optional.empty()));
  }

  @Test
  void shouldPassOverWhatItDoesNotKnow() {
    assertThat(read(TextFormat.JSONL, "{\"text\": \" a dog \", \"source\": 7}\n"))
        .containsExactly(new TrafficItem("f-0", " a dog ", Optional.empty()));
  }

  @Test
  void shouldNameFileAndLineOfWhatIsNoRequest() {
    assertThatThrownBy(() -> read(TextFormat.JSONL, "{\"text\": \"a\"}\n{\"txet\": \"b\"}\n"))
        .hasMessage("f, line 2: 'text' is missing or blank");
    assertThatThrownBy(() -> read(TextFormat.JSONL, "{\"text\": 7}"))
        .hasMessageContaining("line 1");
    assertThatThrownBy(() -> read(TextFormat.JSONL, "[1]")).hasMessageContaining("a JSON object");
    assertThatThrownBy(() -> read(TextFormat.CSV, "gloss,label\nx,y\n"))
        .hasMessageContaining("column 'text', found [gloss, label]");
    assertThatThrownBy(() -> read(TextFormat.CSV, "text\n\" \"\n"))
        .hasMessageContaining("'text' is missing or blank");
    assertThatThrownBy(() -> read(TextFormat.CSV, "text,label\nx\n"))
        .hasMessageContaining("line 2: expected 2 cells");
  }

  /** Nothing is read ahead: who types a line gets its answer before typing the next. */
  @Test
  @Timeout(30)
  void shouldHandOverARequestAsSoonAsItsLineIsComplete() throws Exception {
    try (PipedOutputStream typed = new PipedOutputStream();
        LabelledTexts texts =
            LabelledTexts.of(
                "f", startedWith(typed, "{\"text\": \"a dog\"}\n"), TextFormat.JSONL)) {
      TrafficItems items = new TrafficItems(texts, "f");
      assertThat(items.next().text()).isEqualTo("a dog");
      typed.write("{\"text\": \"a cat\"}\n".getBytes(StandardCharsets.UTF_8));
      typed.flush();
      assertThat(items.next().text()).isEqualTo("a cat");
    }
  }

  private static InputStream startedWith(PipedOutputStream typed, String line) throws IOException {
    PipedInputStream in = new PipedInputStream(typed);
    typed.write(line.getBytes(StandardCharsets.UTF_8));
    typed.flush();
    return in;
  }

  private static List<TrafficItem> read(TextFormat format, String content) {
    InputStream in = new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
    List<TrafficItem> items = new ArrayList<>();
    new TrafficItems(LabelledTexts.of("f", in, format), "f").forEachRemaining(items::add);
    return items;
  }
}
