package io.distillstream.teacher.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallOutlineTest {

  @Test
  void shouldCountTextsWhereverTheyAre() {
    assertThat(outline("{\"text\": \"a\"}")).contains(new CallOutline(1, true));
    assertThat(outline("{\"request_ids\": [\"text\"], \"texts\": [\"a\", \"]}\", \"\"]}"))
        .contains(new CallOutline(3, true));
    assertThat(outline("{\"record\": false, \"texts\": [\"a\", \"b\"]}"))
        .contains(new CallOutline(2, false));
    assertThat(outline("{\"other\": {\"texts\": [1]}, \"text\": \"a\", \"record\": true}"))
        .contains(new CallOutline(1, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7",
        "[]",
        "{}",
        "{\"text\": 7}",
        "{\"text\": [\"a\"]}",
        "{\"texts\": []}",
        "{\"texts\": [\"a\", null]}",
        "{\"texts\": [[\"a\"]]}",
        "{\"texts\": [\"a\"",
        "{\"text\": \"a\"",
        "{\"text\": \"a\"} {}",
        "{\"text\": \"a\",}",
      })
  void shouldLeaveWhatIsUnusualToTheStrictReader(String body) {
    assertThat(outline(body)).isEmpty();
  }

  private static Optional<CallOutline> outline(String body) {
    return CallOutline.of(body.getBytes(StandardCharsets.UTF_8));
  }
}
