package io.distillstream.local.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.settings.AllSettings;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.student.StudentSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudentMemoryTest {
  private static final long GIB = 1L << 30;

  /** Of a process that trains and quantizes the student, or does neither. */
  private static StudentMemory memory(StudentSize size, boolean both) {
    TrainerSettings settings =
        TrainerSettings.from(Settings.load(AllSettings.list(), Map.of(), Map.of(), Map.of()));
    return new StudentMemory(both, both, settings, size.classifier(30_522, 24));
  }

  @Test
  void shouldFitWhereThereIsRoom() {
    assertThat(memory(StudentSize.LARGE, true).problem(8 * GIB, 16 * GIB)).isEmpty();
    assertThat(memory(StudentSize.SMALL, true).problem(GIB, 2 * GIB)).isEmpty();
  }

  @Test
  void shouldSayWhatIsNeededWhatThereIsAndWhatWouldFit() {
    assertThat(memory(StudentSize.LARGE, true).problem(8 * GIB, 4 * GIB))
        .get()
        .asString()
        .matches(
            "a student of 91,\\d{3},\\d{3} parameters takes \\d\\.\\d GiB of memory here,"
                + " \\d\\.\\d GiB of them Java heap; 4\\.0 GiB are available:"
                + " trainer\\.size = base fits \\(\\d\\.\\d GiB\\); .*");
  }

  @Test
  void shouldSayWithWhatOptionTheHeapSuffices() {
    StudentMemory memory = memory(StudentSize.LARGE, true);

    assertThat(memory.problem(2 * GIB, 16 * GIB))
        .get()
        .asString()
        .contains("which may grow to 2.0 GiB: start Java with " + memory.heapOption(16 * GIB));
  }

  @Test
  void shouldAllowLittleHeapWhereTheMachineIsSmall() {
    StudentMemory memory = memory(StudentSize.SMALL, true);

    assertThat(memory.heapOption(16 * GIB)).isEqualTo("-Xmx2048m");
    assertThat(memory.heapOption(3 * GIB)).isEqualTo("-Xmx1536m");
  }

  @Test
  void shouldCountWhatTheProcessRunsAlone() {
    StudentMemory teacher = memory(StudentSize.LARGE, false);

    assertThat(teacher.problem(GIB, 2 * GIB)).isEmpty();
  }

  @Test
  void shouldReadWhatTheKernelHasAvailable(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("meminfo");
    Files.writeString(
        file, "MemTotal:       24576000 kB\nMemAvailable:    2048 kB\nBuffers: 1 kB\n");

    assertThat(MachineMemory.unused(file)).hasValue(2 << 20);
    assertThat(MachineMemory.unused(folder.resolve("none"))).isEmpty();
  }
}
