package io.distillstream.local.labels.parquet;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.local.labels.row.BadRowException;
import io.distillstream.local.labels.row.Columns;
import io.distillstream.local.labels.row.RowFields;
import io.distillstream.local.labels.row.RowSink;
import io.distillstream.text.TextFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a Parquet file, of any writer. One of the file's row groups is in memory at a
 * time.
 */
public final class ParquetRows {

  private ParquetRows() {}

  /**
   * Reads a file to its end.
   *
   * @param now when rows were received and labelled that do not say
   * @return columns that mean nothing here
   * @throws TextFileException if the file is no Parquet file, or is damaged
   */
  public static Set<String> read(Path file, Instant now, RowSink sink) throws IOException {
    try (ParquetFileReader reader = open(file)) {
      MessageType all = reader.getFooter().getFileMetaData().getSchema();
      MessageType used = used(all);
      reader.setRequestedSchema(used);
      long row = 0;
      PageReadStore group = readable(file, reader::readNextRowGroup);
      while (group != null) {
        RecordReader<Group> rows = rows(file, group, used, all);
        for (long left = group.getRowCount(); left > 0; left--) {
          take("row " + ++row, requireNonNull(readable(file, rows::read)), now, sink);
        }
        group = readable(file, reader::readNextRowGroup);
      }
      return unused(all);
    }
  }

  @MustBeClosed
  private static ParquetFileReader open(Path file) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new PageCodecs())
            .build();
    try {
      return ParquetFileReader.open(new LocalInputFile(file), options);
    } catch (RuntimeException e) {
      throw unreadable(file, e);
    }
  }

  private static RecordReader<Group> rows(
      Path file, PageReadStore group, MessageType used, MessageType all) throws IOException {
    return requireNonNull(
        readable(
            file,
            () ->
                new ColumnIOFactory()
                    .getColumnIO(used, all)
                    .getRecordReader(group, new GroupRecordConverter(used))));
  }

  @FunctionalInterface
  private interface Reading<T> {
    @Nullable T read() throws IOException;
  }

  /** Parquet's reader throws anything at bytes that it does not expect. */
  private static <T> @Nullable T readable(Path file, Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (RuntimeException e) {
      throw unreadable(file, e);
    }
  }

  private static TextFileException unreadable(Path file, RuntimeException e) {
    String reason = String.valueOf(e.getMessage()).replaceAll("\\S*LocalInputFile@\\w+", "it");
    return new TextFileException(
        file.toString(), "is no Parquet file that can be read: " + reason, e);
  }

  private static void take(String place, Group fields, Instant now, RowSink sink) {
    try {
      sink.row(place, RowFields.row(new GroupFields(fields), now));
    } catch (BadRowException e) {
      sink.bad(place, String.valueOf(e.getMessage()));
    }
  }

  private static MessageType used(MessageType all) {
    return new MessageType(
        all.getName(),
        all.getFields().stream().filter(field -> Columns.ALL.contains(field.getName())).toList());
  }

  private static Set<String> unused(MessageType all) {
    Set<String> names = new TreeSet<>(all.getFields().stream().map(Type::getName).toList());
    names.removeAll(Columns.ALL);
    return names;
  }
}
