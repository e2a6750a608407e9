package io.distillstream.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

  private enum Start {
    TEACHER_PCA,
    RANDOM
  }

  private static final Setting<Integer> BATCH =
      Setting.integer("teacher.batch-size", 32, "Texts per model call").between(1, 1024);
  private static final Setting<Duration> WAIT =
      Setting.duration("teacher.max-wait", Duration.ofMillis(20), "Longest wait for a fuller batch")
          .between(Duration.ZERO, Duration.ofSeconds(10));
  private static final Setting<Start> START =
      Setting.oneOf("trainer.embedding-start", Start.TEACHER_PCA, "Where the embedding starts");
  private static final Setting<String> PASSWORD =
      Setting.text("cluster.password", "", "Password")
          .accepting("no blanks", t -> !t.contains(" "))
          .asSecret();
  private static final List<Setting<?>> ALL = List.of(BATCH, WAIT, START, PASSWORD);

  @Test
  void shouldLetLaterSourcesWin() {
    Settings settings =
        Settings.load(
            ALL,
            Map.of("teacher.batch-size", "8", "teacher.max-wait", "1s"),
            Map.of("DISTILLSTREAM_TEACHER_BATCH_SIZE", "16", "HOME", "/root"),
            Map.of("trainer.embedding-start", "random"));
    assertThat(settings.get(BATCH)).isEqualTo(16);
    assertThat(settings.get(WAIT)).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.get(START)).isEqualTo(Start.RANDOM);
  }

  @Test
  void shouldReportEveryProblemAtOnceAndSayWhatIsAccepted() {
    assertThatThrownBy(
            () ->
                Settings.load(
                    ALL,
                    Map.of("teacher.batch-szie", "8", "teacher.max-wait", "soon"),
                    Map.of("DISTILLSTREAM_TEACHER_BATCH", "1"),
                    Map.of("teacher.batch-size", "0", "trainer.embedding-start", "zero")))
        .isInstanceOfSatisfying(
            InvalidSettingsException.class,
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        "unknown setting 'teacher.batch-szie' in the settings file; did you mean"
                            + " teacher.batch-size?",
                        "environment variable DISTILLSTREAM_TEACHER_BATCH is no setting",
                        "teacher.batch-size = '0' in the command line: expected an integer from 1"
                            + " to 1024",
                        "teacher.max-wait = 'soon' in the settings file: expected a duration such"
                            + " as 250ms, 15s, 2m, 1h or 7d",
                        "trainer.embedding-start = 'zero' in the command line: expected one of"
                            + " teacher-pca, random"));
  }

  @Test
  void shouldNeverShowASecret() {
    assertThatThrownBy(() -> Settings.load(ALL, Map.of("cluster.password", "open sesame")))
        .hasMessageContaining("(secret)")
        .hasMessageNotContaining("sesame");
    assertThat(DocumentedDefaults.of(ALL)).contains("#cluster.password = \n");
  }

  @Test
  void shouldDocumentDefaultsThatLoadAsTheyAre(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("distillstream.properties");
    Files.writeString(file, DocumentedDefaults.of(ALL).replaceAll("(?m)^#(?! )", ""));
    Settings settings = Settings.load(ALL, Settings.readFile(file));
    assertThat(settings.get(BATCH)).isEqualTo(32);
    assertThat(settings.get(WAIT)).isEqualTo(Duration.ofMillis(20));
  }

  @Test
  void shouldNameAMissingFile() {
    assertThatThrownBy(() -> Settings.readFile(Path.of("nowhere.properties")))
        .hasMessage("settings file nowhere.properties does not exist");
  }
}
