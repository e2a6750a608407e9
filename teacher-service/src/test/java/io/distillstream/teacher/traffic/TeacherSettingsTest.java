package io.distillstream.teacher.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TeacherSettingsTest {

  @Test
  void shouldTakeTheBuiltInTeacherUnlessToldOtherwise() {
    TeacherSettings settings = load(Map.of());

    assertThat(settings.model().head()).isEqualTo(TeacherModel.miniLm().head());
    assertThat(settings.model().encoder()).isEqualTo(TeacherModel.miniLm().encoder());
    assertThat(settings.httpPort()).isEqualTo(8080);
  }

  @Test
  void shouldReportEveryBadValueAtOnce() {
    assertThatThrownBy(
            () ->
                load(
                    Map.of(
                        "teacher.batch-size", "0",
                        "teacher.encoder.model", "classpath:nowhere",
                        "teacher.treads", "2")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("teacher.batch-size")
        .hasMessageContaining("teacher.encoder.model")
        .hasMessageContaining("did you mean teacher.threads?");
  }

  @Test
  void shouldRefuseSettingsThatContradictEachOther() {
    assertThatThrownBy(() -> load(Map.of("teacher.batch-size", "512")))
        .hasMessageContaining("batch <= window <= capacity");
    assertThatThrownBy(() -> load(Map.of("teacher.http.texts-per-request", "5000")))
        .hasMessageContaining("teacher.http.texts-per-request = 5000");
  }

  private static TeacherSettings load(Map<String, String> values) {
    return TeacherSettings.from(Settings.load(TeacherSettings.all(), values));
  }
}
