package io.distillstream.local.labels;

import io.distillstream.local.labels.parquet.ParquetRowFile;
import io.distillstream.local.labels.parquet.ParquetRows;
import io.distillstream.local.labels.row.JsonRowFile;
import io.distillstream.local.labels.row.JsonRows;
import io.distillstream.local.labels.row.RowFile;
import io.distillstream.local.labels.row.RowSink;
import io.distillstream.local.terminal.CommandFailedException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/** The formats of files of labels, by the endings of their names. */
enum LabelFile {
  /** One JSON object a line. */
  JSONL {
    @Override
    RowFile create(Path file) throws IOException {
      return new JsonRowFile(new BufferedOutputStream(Files.newOutputStream(file)));
    }

    @Override
    Set<String> read(Path file, Instant now, RowSink sink) throws IOException {
      return JsonRows.read(file, now, sink);
    }
  },
  /** Apache Parquet. */
  PARQUET {
    @Override
    RowFile create(Path file) throws IOException {
      return ParquetRowFile.create(file);
    }

    @Override
    Set<String> read(Path file, Instant now, RowSink sink) throws IOException {
      return ParquetRows.read(file, now, sink);
    }
  };

  /** Begins a file, in place of one that is there. */
  abstract RowFile create(Path file) throws IOException;

  /** Reads a file to its end; answers which columns mean nothing here. */
  abstract Set<String> read(Path file, Instant now, RowSink sink) throws IOException;

  /**
   * The format that a file's name tells.
   *
   * @throws CommandFailedException if it tells none
   */
  static LabelFile of(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet")) {
      return PARQUET;
    }
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return JSONL;
    }
    throw new CommandFailedException(
        file + ": expected a name that ends in .parquet, .jsonl or .ndjson");
  }
}
