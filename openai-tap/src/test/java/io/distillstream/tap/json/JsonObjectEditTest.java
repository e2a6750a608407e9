package io.distillstream.tap.json;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonObjectEditTest {

  @Test
  void shouldAddFieldsAndLeaveEveryOtherByte() {
    assertThat(edited("{ \"a\" : 1.50 ,\"é\":[{\"logprobs\":1}] }\n", Map.of("logprobs", "true")))
        .isEqualTo("{ \"a\" : 1.50 ,\"é\":[{\"logprobs\":1}] ,\"logprobs\":true}\n");
    assertThat(edited("{}", Map.of("logprobs", "5"))).isEqualTo("{\"logprobs\":5}");
  }

  @Test
  void shouldReplaceValuesOfEveryKindWhereTheyStand() {
    for (String value :
        new String[] {"null", "false", "12", "-1.5e3", "\"a\\\"b\"", "{\"x\":[]}", "[1, 2]"}) {
      assertThat(edited("{\"logprobs\": " + value + " , \"b\":2}", Map.of("logprobs", "true")))
          .isEqualTo("{\"logprobs\": true , \"b\":2}");
    }
  }

  @Test
  void shouldReplaceInTheOrderOfTheText() {
    assertThat(edited("{\"b\":null,\"a\":null}", Map.of("a", "1", "b", "2")))
        .isEqualTo("{\"b\":2,\"a\":1}");
  }

  @Test
  void shouldReadValuesAsTheyStand() {
    JsonObjectEdit json =
        JsonObjectEdit.of("{\"m\": [1,  2], \"s\":\"é\"}".getBytes(UTF_8)).orElseThrow();
    assertThat(json.value("m")).contains("[1,  2]".getBytes(UTF_8));
    assertThat(json.value("s")).contains("\"é\"".getBytes(UTF_8));
    assertThat(json.value("x")).isEmpty();
  }

  @Test
  void shouldTakeNothingElseForAnObject() {
    for (String other :
        new String[] {
          "", "[]", "1", "{", "{\"a\":1", "{\"a\":1} 2", "{\"a\":1,\"a\":2}", "{a:1}"
        }) {
      assertThat(JsonObjectEdit.of(other.getBytes(UTF_8))).as(other).isEmpty();
    }
    assertThat(JsonObjectEdit.of("{\"a\":1}".getBytes(UTF_16))).isEmpty();
  }

  private static String edited(String json, Map<String, String> values) {
    JsonObjectEdit edit = JsonObjectEdit.of(json.getBytes(UTF_8)).orElseThrow();
    values.forEach(edit::set);
    return new String(edit.bytes(), UTF_8);
  }
}
