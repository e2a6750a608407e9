package io.distillstream.tap.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Completion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

  private static final long LARGE = 64 << 20;

  @TempDir Path folder;

  @Test
  void shouldGiveWhatWasAppendedInItsOrder() throws Exception {
    try (Journal journal = Journal.open(folder, LARGE, Journal.Sync.NEVER)) {
      for (int i = 0; i < 3; i++) {
        assertThat(journal.append(TestCompletions.encoded(i))).isTrue();
      }
      assertThat(ids(journal.take(Duration.ZERO).orElseThrow())).containsExactly("0", "1", "2");
      assertThat(journal.append(TestCompletions.encoded(3))).isTrue();
      journal.remove();
      assertThat(ids(journal.take(Duration.ZERO).orElseThrow())).containsExactly("3");
      journal.remove();
      assertThat(journal.take(Duration.ZERO)).isEmpty();
      assertThat(journal.bytes()).isZero();
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void shouldKeepAllThatWasAppendedWhateverMomentTheProcessEnds() throws Exception {
    try (Journal journal = Journal.open(folder, LARGE, Journal.Sync.NEVER)) {
      for (int i = 0; i < 20; i++) {
        journal.append(TestCompletions.encoded(i));
        // Nothing was closed or told to go to the file.
        assertThat(ids(files().get(0))).hasSize(i + 1);
      }
    }
    try (Journal again = Journal.open(folder, LARGE, Journal.Sync.NEVER)) {
      assertThat(again.bytes()).isPositive();
      again.append(TestCompletions.encoded(20));
      assertThat(ids(again.take(Duration.ZERO).orElseThrow())).hasSize(20);
      again.remove();
      assertThat(ids(again.take(Duration.ZERO).orElseThrow())).containsExactly("20");
    }
  }

  @Test
  void shouldGiveWhatIsWholeInAFileThatEndsInTheMiddle() throws Exception {
    try (Journal journal = Journal.open(folder, LARGE, Journal.Sync.NEVER)) {
      journal.append(TestCompletions.encoded(0));
      journal.append(TestCompletions.encoded(1));
    }
    Path file = files().get(0);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 7);
    }
    assertThat(ids(file)).containsExactly("0");
    try (Journal again = Journal.open(folder, LARGE, Journal.Sync.NEVER)) {
      assertThat(again.take(Duration.ZERO)).contains(file);
      again.setAside();
      assertThat(again.take(Duration.ZERO)).isEmpty();
    }
    assertThat(files()).extracting(Path::toString).singleElement().asString().endsWith(".damaged");
  }

  @Test
  void shouldTakeNoMoreThanItsBound() throws Exception {
    try (Journal journal = Journal.open(folder, 8_000, Journal.Sync.COMPLETION)) {
      int appended = 0;
      while (journal.append(TestCompletions.encoded(appended))) {
        appended++;
      }
      assertThat(appended).isPositive();
      assertThat(Files.size(files().get(0))).isLessThanOrEqualTo(8_000);
      assertThat(ids(journal.take(Duration.ZERO).orElseThrow())).hasSize(appended);
      assertThat(journal.append(TestCompletions.encoded(0))).isFalse();
      journal.remove();
      assertThat(journal.append(TestCompletions.encoded(0))).isTrue();
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static List<String> ids(Path file) throws IOException {
    List<String> ids = new ArrayList<>();
    try (DataFileReader<Completion> reader =
        new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(Completion.class))) {
      while (reader.hasNext()) {
        ids.add(reader.next().getExchangeId());
      }
    } catch (AvroRuntimeException e) {
      // It ends there.
      return ids;
    }
    return ids;
  }
}
