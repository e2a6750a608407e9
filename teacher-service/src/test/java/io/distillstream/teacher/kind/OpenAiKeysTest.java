package io.distillstream.teacher.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenAiKeysTest {

  @TempDir private Path folder;

  @Test
  void shouldReadLabelsPromptAndKeyFromFiles() throws IOException {
    Path labels =
        Files.writeString(folder.resolve("labels"), "sport\n\neconomy=business, trade|money\n");
    Path prompt = Files.writeString(folder.resolve("prompt"), "{labels}?\n{text}\n");
    Path key = Files.writeString(folder.resolve("key"), "s3cret\n");

    OpenAiClassifier spec =
        load(
            Map.of(
                "teacher.openai.url", "http://127.0.0.1:1/v1",
                "teacher.openai.model", "m",
                "teacher.openai.labels-file", labels.toString(),
                "teacher.openai.prompt-file", prompt.toString(),
                "teacher.openai.api-key-file", key.toString()));

    assertThat(spec.id()).isEqualTo("m");
    assertThat(spec.labels().orElseThrow().labels()).containsExactly("sport", "economy");
    assertThat(spec.settings().question().verbalizer().firstWords())
        .containsExactly("sport", "business, trade");
    assertThat(spec.settings().question().prompt().template()).isEqualTo("{labels}?\n{text}\n");
    assertThat(spec.toString()).doesNotContain("s3cret").contains("(secret)");
  }

  @Test
  void shouldNameEverySettingThatIsMissing() {
    assertThatThrownBy(() -> load(Map.of()))
        .isInstanceOf(InvalidSettingsException.class)
        .extracting(e -> ((InvalidSettingsException) e).problems())
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .containsExactly(
            "teacher.openai.url is empty: teacher.kind = openai needs it",
            "teacher.openai.model is empty: teacher.kind = openai needs it",
            "teacher.openai.labels and teacher.openai.labels-file are empty: teacher.kind = openai"
                + " needs one of them");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          teacher.openai.labels         | one                | teacher.openai.labels: Expected at least 2 labels
          teacher.openai.labels         | one=yes, two=YES   | teacher.openai.labels: labels 'one' and 'two' have the same word 'yes'
          teacher.openai.labels-file    | nowhere            | teacher.openai.labels and teacher.openai.labels-file are both set
          teacher.openai.prompt         | Which?             | teacher.openai.prompt: the prompt has no {text}
          teacher.openai.prompt-file    | nowhere            | teacher.openai.prompt-file = 'nowhere': no such file
          teacher.openai.api-key        | two words          | The API key holds blanks
          teacher.openai.api-key-file   | nowhere            | The API key's file nowhere cannot be read
          teacher.openai.parameters     | [1]                | teacher.openai.parameters = '[1]' in the command line: expected a JSON object
          teacher.openai.url            | ftp://host         | expected http://host:port
          teacher.openai.budget-per-day | 5                  | are 0: nothing would ever be spent
          teacher.openai.retry-pause    | 1m                 | teacher.openai.retry-pause is longer than teacher.openai.max-retry-pause
          """)
  void shouldNameTheCulprit(String key, String value, String message) {
    Map<String, String> values = new HashMap<>();
    values.put("teacher.openai.url", "http://127.0.0.1:1");
    values.put("teacher.openai.model", "m");
    values.put("teacher.openai.labels", "one,two");
    values.put(key, value);

    assertThatThrownBy(() -> load(values))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("two words");
  }

  private static OpenAiClassifier load(Map<String, String> values) {
    Map<String, String> all = new HashMap<>(values);
    all.put("teacher.kind", "openai");
    return (OpenAiClassifier) TeacherSpec.from(Settings.load(TeacherSpec.settings(), all));
  }
}
