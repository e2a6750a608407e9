package io.distillstream.teacher.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.teacher.kind.EncoderClassifier;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TeacherSettingsTest {

  @Test
  void shouldTakeTheBuiltInTeacherUnlessToldOtherwise() {
    TeacherSettings settings = load(Map.of());

    assertThat(settings.teacher()).isEqualTo(EncoderClassifier.miniLm());
    assertThat(settings.http()).isEqualTo(HttpListener.loopback("teacher.http", 8080));
  }

  @Test
  void shouldReportEveryBadValueAtOnce() {
    assertThatThrownBy(
            () ->
                load(
                    Map.of(
                        "teacher.batch-size", "0",
                        "teacher.encoder.model", "classpath:nowhere",
                        "teacher.encoder.treads", "2")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("teacher.batch-size")
        .hasMessageContaining("teacher.encoder.model")
        .hasMessageContaining("did you mean teacher.encoder.threads?");
  }

  @Test
  void shouldNameTheKindsOfTeachersThereAre() {
    assertThatThrownBy(() -> load(Map.of("teacher.kind", "oracle")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("teacher.kind = 'oracle'")
        .hasMessageContaining("expected one of encoder");
  }

  @Test
  void shouldNameATeacherAfterItsKindUnlessToldOtherwise() {
    assertThat(load(Map.of()).teacher().id()).isEqualTo("all-minilm-l6-v2");
    assertThat(load(Map.of("teacher.id", "mine")).teacher().id()).isEqualTo("mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "attention_mask", "input_ids,input_ids", "input_ids,position_ids"})
  void shouldTakeNoOtherInputsOfATorchScriptModel(String inputs) {
    assertThatThrownBy(
            () -> load(Map.of("teacher.kind", "torchscript", "teacher.torchscript.inputs", inputs)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("teacher.torchscript.inputs = '" + inputs + "'")
        .hasMessageContaining("in any order, input_ids at least");
  }

  @Test
  void shouldNameTheFilesThatATorchScriptModelNeeds() {
    assertThatThrownBy(() -> load(Map.of("teacher.kind", "torchscript")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(
            "teacher.torchscript.model is empty: teacher.kind = torchscript needs")
        .hasMessageContaining("teacher.torchscript.tokenizer is empty")
        .hasMessageContaining("teacher.torchscript.labels is empty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          teacher.queue-capacity         | 16   | teacher.queue-capacity = 16 is less than teacher.window = 256
          teacher.batch-size             | 512  | teacher.window = 256 is less than teacher.batch-size = 512
          teacher.http.texts-per-request | 5000 | teacher.queue-capacity = 1024 is less than teacher.http.texts-per-request = 5000
          teacher.http.max-expected-wait | 20s  | teacher.http.answer-within = 10s is less than teacher.http.max-expected-wait = 20s
          """)
  void shouldNameTheSettingsThatContradictEachOther(String key, String value, String message) {
    assertThatThrownBy(() -> load(Map.of(key, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static TeacherSettings load(Map<String, String> values) {
    return TeacherSettings.from(Settings.load(TeacherSettings.all(), values));
  }
}
