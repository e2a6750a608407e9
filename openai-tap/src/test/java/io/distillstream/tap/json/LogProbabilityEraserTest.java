package io.distillstream.tap.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.tap.ScriptedModel;
import io.distillstream.tap.json.LogProbabilityEraser.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogProbabilityEraserTest {

  @ParameterizedTest
  @EnumSource
  void shouldLeaveWhatIsSaidWithoutLogProbabilities(Form form) {
    assertThat(erased(ScriptedModel.whole(true, form), form))
        .isEqualTo(ScriptedModel.whole(false, form));
    for (int i = 0; i < ScriptedModel.events(true, form).size(); i++) {
      assertThat(erased(ScriptedModel.events(true, form).get(i), form))
          .isEqualTo(ScriptedModel.events(false, form).get(i));
    }
  }

  @Test
  void shouldEraseThoseOfEveryChoice() {
    assertThat(
            erased(
                "{\"choices\":[{\"text\":\"a\",\"logprobs\":{}},{\"logprobs\":{} , \"text\":\"b\"},{\"logprobs\":[]}]}",
                Form.ABSENT))
        .isEqualTo("{\"choices\":[{\"text\":\"a\"},{\"text\":\"b\"},{}]}");
  }

  @Test
  void shouldLeaveOtherFieldsOfThatName() {
    String json = "{\"logprobs\":1,\"x\":{\"logprobs\":2},\"choices\":[{\"m\":{\"logprobs\":3}}]}";
    assertThat(erased(json, Form.NULL)).isEqualTo(json);
  }

  @Test
  void shouldLeaveWhatIsNoJson() {
    for (String text :
        new String[] {"\"logprobs\"", "{\"choices\":[{\"logprobs\":{", "x \"logprobs\""}) {
      assertThat(erased(text, Form.ABSENT)).isEqualTo(text);
    }
  }

  private static String erased(String json, Form form) {
    return new String(LogProbabilityEraser.erase(json.getBytes(UTF_8), form), UTF_8);
  }
}
