package io.distillstream.local.labels.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.SoftLabel;
import io.distillstream.local.labels.parquet.ParquetRowFile;
import io.distillstream.local.labels.parquet.ParquetRows;
import io.distillstream.local.labels.row.LabelRow.Truth;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a teacher publishes is the same label when it comes back from a file. */
class RowRoundTripTest {

  private static final int LABELS = 2_000;
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  /** What was read, and a test that fails where something could not be. */
  private static final class Read implements RowSink {
    private final List<LabelRow> rows = new ArrayList<>();

    @Override
    public void row(String place, LabelRow row) {
      rows.add(row);
    }

    @Override
    public void bad(String place, String problem) {
      throw new AssertionError(place + ": " + problem);
    }
  }

  @Test
  void shouldReadFromJsonWhatWasWritten(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("labels.jsonl");
    List<SoftLabel> labels = labels();
    write(new JsonRowFile(new BufferedOutputStream(Files.newOutputStream(file))), labels);
    Read read = new Read();

    assertThat(JsonRows.read(file, NOW, read)).isEmpty();

    assertSame(read.rows, labels);
  }

  @Test
  void shouldReadFromParquetWhatWasWritten(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("labels.parquet");
    List<SoftLabel> labels = labels();
    write(ParquetRowFile.create(file), labels);
    Read read = new Read();

    assertThat(ParquetRows.read(file, NOW, read)).isEmpty();

    assertSame(read.rows, labels);
  }

  @Test
  void shouldTellProbabilitiesOfAllThatTheLabelsLeaveToTheTail() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < LABELS; i++) {
      SoftLabel label = RandomLabels.next(random);
      LabelRow row = SoftLabelRows.row(label, RandomLabels.SPACE, false, null);
      double sum = 0;
      for (float probability : row.distribution().probabilities()) {
        assertThat(probability).isBetween(0f, 1f);
        sum += probability;
      }
      if (row.distribution().labels().size() == RandomLabels.SPACE.size()) {
        assertThat(sum).isCloseTo(1, within(1e-5));
      } else {
        assertThat(sum).isLessThanOrEqualTo(2);
      }
    }
  }

  private static List<SoftLabel> labels() {
    Random random = new Random(42);
    List<SoftLabel> labels = new ArrayList<>();
    for (int i = 0; i < LABELS; i++) {
      labels.add(RandomLabels.next(random));
    }
    return labels;
  }

  private static void write(RowFile file, List<SoftLabel> labels) throws IOException {
    try (file) {
      for (int i = 0; i < labels.size(); i++) {
        file.write(SoftLabelRows.row(labels.get(i), RandomLabels.SPACE, i % 3 == 0, truth(i)));
      }
    }
  }

  private static @Nullable Truth truth(int i) {
    return i % 2 == 0 ? null : new Truth("art", NOW.plusSeconds(i));
  }

  private static void assertSame(List<LabelRow> rows, List<SoftLabel> labels) throws Exception {
    assertThat(rows).hasSameSizeAs(labels);
    for (int i = 0; i < rows.size(); i++) {
      LabelRow row = rows.get(i);
      assertThat(SoftLabelRows.record(row, RandomLabels.SPACE)).isEqualTo(labels.get(i));
      assertThat(row.relabelled()).isEqualTo(i % 3 == 0);
      assertThat(row.truth()).isEqualTo(truth(i));
    }
  }
}
