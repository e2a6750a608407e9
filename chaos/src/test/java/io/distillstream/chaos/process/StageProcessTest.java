package io.distillstream.chaos.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shell that fails at once stands for a stage that ends during its start. */
class StageProcessTest {
  @TempDir private Path folder;
  private StageProcess process;

  @BeforeEach
  void start() {
    process =
        new StageProcess(
            Stage.JOINER,
            List.of("sh", "-c", "echo failing; exit 7"),
            folder.resolve("out"),
            "running",
            null);
    process.start();
    awaitEnd();
  }

  private void awaitEnd() {
    await().until(() -> process.pid().isEmpty());
  }

  @AfterEach
  void kill() {
    process.kill();
  }

  @Test
  void shouldTellOfAnEndDuringTheStart() {
    assertThat(requireNonNull(process.startAgainIfEnded(true)).exitCode()).isEqualTo(7);
  }

  @Test
  void shouldExcuseAStartWithoutTheClusterAndNoneAfterIt() {
    assertThat(process.startAgainIfEnded(false)).isNull();
    awaitEnd();
    assertThat(process.startAgainIfEnded(true)).isNull();
    awaitEnd();
    assertThat(process.startAgainIfEnded(true)).isNotNull();
  }
}
