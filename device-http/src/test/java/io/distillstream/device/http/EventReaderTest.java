package io.distillstream.device.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void shouldReadEventsWhateverEndsTheirLines(String end) throws IOException {
    String stream =
        "retry: 1000\n\n:\n\nid: a\nevent: update\ndata: {\"x\": 1}\n\n: beat\n\ndata:two\n\n"
            .replace("\n", end);

    assertThat(read(stream))
        .containsExactly(
            new EventReader.Event("a", "update", "{\"x\": 1}"),
            new EventReader.Event("a", "message", "two"));
  }

  @Test
  void shouldLeaveOutAnEventThatIsNotWhole() throws IOException {
    assertThat(read("data: one\n\ndata: tw")).hasSize(1);
  }

  @Test
  void shouldRefuseALineWithoutAnEnd() {
    assertThatThrownBy(() -> read("data: " + "x".repeat(1 << 17)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than");
  }

  private static List<EventReader.Event> read(String stream) throws IOException {
    List<EventReader.Event> events = new ArrayList<>();
    try (EventReader reader =
        new EventReader(new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)))) {
      for (EventReader.Event event = reader.next(); event != null; event = reader.next()) {
        events.add(event);
      }
    }
    return events;
  }
}
