package io.distillstream.quantization.data.text;

import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Labels;
import io.distillstream.quantization.data.SampleSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The rows of an open file. Owns the parser. */
final class CsvRows implements SampleSource {
  private final Path file;
  private final CSVParser parser;
  private final Row row;
  private final Iterator<CSVRecord> records;

  /** What the cells of a row mean. */
  interface Row {
    /** The sample of a row; the place is for errors. */
    LabelledSample sample(CSVRecord row, String place);
  }

  CsvRows(Path file, CSVParser parser, Row row) {
    this.file = file;
    this.parser = parser;
    this.row = row;
    this.records = parser.iterator();
  }

  @Override
  public Optional<LabelledSample> next() {
    Optional<CSVRecord> record = read();
    String place = place();
    int columns = parser.getHeaderNames().size();
    if (record.isPresent() && record.get().size() != columns) {
      throw new InvalidSamplesException(
          "%s: expected %d columns, as in the first line; got %d"
              .formatted(place, columns, record.get().size()));
    }
    return record.map(cells -> row.sample(cells, place));
  }

  private Optional<CSVRecord> read() {
    try {
      return records.hasNext() ? Optional.of(records.next()) : Optional.empty();
    } catch (UncheckedIOException e) {
      throw new InvalidSamplesException(
          e.getCause() instanceof CharacterCodingException
              ? "%s is not UTF-8, somewhere after the line".formatted(place())
              : "%s: %s".formatted(place(), e.getMessage()),
          e);
    }
  }

  /** Where the last row that was read ends. */
  private String place() {
    return file + ":" + parser.getCurrentLineNumber();
  }

  /** The class in the column for it, if there is one. */
  static OptionalInt label(CSVRecord row, Labels labels, String place) {
    return row.isMapped(Csv.LABEL)
        ? OptionalInt.of(labels.index(row.get(Csv.LABEL), place))
        : OptionalInt.empty();
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
