package io.distillstream.tap.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.Completion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFileTest {

  private static final int COMPLETIONS = 3;

  @TempDir Path folder;
  private Path file;
  private byte[] bytes;

  @BeforeEach
  void write() throws Exception {
    try (Journal journal = Journal.open(folder, 1 << 20, Journal.Sync.NEVER)) {
      for (int i = 0; i < COMPLETIONS; i++) {
        journal.append(TestCompletions.encoded(i));
      }
      file = journal.take(Duration.ZERO).orElseThrow();
    }
    bytes = Files.readAllBytes(file);
  }

  @Test
  void shouldReadAllThatIsInAFile() throws IOException {
    JournalFile read = JournalFile.read(file);

    assertThat(read.whole()).isTrue();
    assertThat(read.completions())
        .extracting(Completion::getExchangeId)
        .containsExactly("0", "1", "2");
  }

  @Test
  void shouldReadWhatIsWholeOfAFileThatEndsInTheMiddle() throws IOException {
    int block = (bytes.length - header()) / COMPLETIONS;
    for (int missing = 1; missing < block; missing++) {
      Files.write(file, Arrays.copyOf(bytes, bytes.length - missing));

      JournalFile read = JournalFile.read(file);

      assertThat(read.whole()).isFalse();
      assertThat(read.completions()).hasSize(COMPLETIONS - 1);
    }
  }

  /** The length of a file without completions, which is whole. */
  private int header() throws IOException {
    Path empty = folder.resolve("empty.avro");
    try (DataFileWriter<Completion> writer =
        new DataFileWriter<>(new SpecificDatumWriter<>(Completion.class))) {
      writer.create(Completion.getClassSchema(), empty.toFile());
    }
    assertThat(JournalFile.read(empty).whole()).isTrue();
    return Math.toIntExact(Files.size(empty));
  }

  @Test
  void shouldTakeForDamagedWhatIsNoContainerOfAvro() throws IOException {
    for (int length : new int[] {0, 2, 4, 30}) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThat(JournalFile.read(file).whole()).isFalse();
    }
    Files.writeString(file, "something else altogether");
    assertThat(JournalFile.read(file).whole()).isFalse();
  }

  @Test
  void shouldTakeForDamagedWhatEndsAnotherBlockThanItBegan() throws IOException {
    byte[] damaged = bytes.clone();
    // Of the sync marker, which ends the file.
    damaged[damaged.length - 1] ^= 1;
    Files.write(file, damaged);

    JournalFile read = JournalFile.read(file);

    assertThat(read.whole()).isFalse();
    assertThat(read.completions()).hasSize(COMPLETIONS - 1);
  }

  @Test
  void shouldNotTakeForDamagedWhatTheSystemDoesNotLetItRead() throws IOException {
    // Opens, and fails when it is read, as a file does on a disk that fails.
    Path unreadable = Files.createDirectory(folder.resolve("unreadable.avro"));

    assertThatThrownBy(() -> JournalFile.read(unreadable)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> JournalFile.read(folder.resolve("gone.avro")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
