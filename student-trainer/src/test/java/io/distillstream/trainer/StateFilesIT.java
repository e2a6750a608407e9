package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** States that lie in files while training goes on, on a real broker. */
@ExtendWith(SharedCluster.class)
class StateFilesIT {
  private static final int EACH = 64;

  private final EmbeddedCluster embedded;

  @TempDir private Path folder;

  StateFilesIT(EmbeddedCluster embedded) {
    this.embedded = embedded;
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldHoldTheFilesOfTwoStatesAtMost() throws Exception {
    Map<String, String> often = Map.of("trainer.checkpoint-records", Integer.toString(EACH));
    try (TrainerHarness harness = new TrainerHarness("files", embedded, folder);
        TrainerService service = harness.service("tiny", often)) {
      service.start();
      for (int checkpoint = 0; checkpoint < 6; checkpoint++) {
        harness.sendInOrder(checkpoint * EACH, (checkpoint + 1) * EACH);
        harness.awaitRecords("tiny", (checkpoint + 1L) * EACH);
      }

      assertThat(harness.manifests("tiny")).hasSizeGreaterThanOrEqualTo(6);
      assertThat(openStates()).isLessThanOrEqualTo(2);
    }
    assertThat(openStates()).isZero();
  }

  /** Files of states that are deleted and take room all the same, in this process. */
  private static long openStates() throws IOException {
    long open = 0;
    try (DirectoryStream<Path> handles = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path handle : handles) {
        try {
          open += Files.readSymbolicLink(handle).toString().contains("/state-") ? 1 : 0;
        } catch (NoSuchFileException closed) {
          // By another thread; and so is the one that lists them.
        }
      }
    }
    return open;
  }
}
