package io.distillstream.text;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/**
 * The rows of a CSV file behind its header, one at a time. Cells keep their white space, empty
 * lines are passed over, and a row that has not as many cells as the header is refused.
 */
public final class CsvRows implements Iterator<CsvRow> {
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .setIgnoreEmptyLines(true)
          .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
          .get();

  private final String file;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;

  /**
   * Reads the header.
   *
   * @param file for messages
   * @param reader borrowed, without a byte order mark
   * @throws TextFileException if the first row does not name each column once
   */
  public CsvRows(String file, Reader reader) {
    this.file = file;
    try {
      this.parser = FORMAT.parse(reader);
    } catch (IOException e) {
      throw unreadable(1, e);
    } catch (IllegalArgumentException e) {
      throw new TextFileException(
          file, 1, "the first row must name each column once: " + e.getMessage(), e);
    }
    this.records = parser.iterator();
  }

  /** The names of the columns, in their order. */
  public List<String> header() {
    return parser.getHeaderNames();
  }

  @Override
  public boolean hasNext() {
    try {
      return records.hasNext();
    } catch (UncheckedIOException e) {
      throw unreadable(parser.getCurrentLineNumber() + 1, requireNonNull(e.getCause()));
    }
  }

  @Override
  public CsvRow next() {
    CSVRecord cells = records.next();
    // Known once the row has been read: it ends here, and each line break in it is one line more.
    long line = parser.getCurrentLineNumber() - breaks(cells);
    if (cells.size() != header().size()) {
      throw new TextFileException(
          file,
          line,
          "expected %d cells, as the header has; found %d".formatted(header().size(), cells.size()),
          null);
    }
    return new CsvRow(cells.toList(), line);
  }

  private static long breaks(CSVRecord cells) {
    return cells.stream().flatMapToInt(String::chars).filter(c -> c == '\n').count();
  }

  private TextFileException unreadable(long line, IOException cause) {
    return cause instanceof CSVException
        ? new TextFileException(file, line, "not CSV: " + cause.getMessage(), cause)
        : TextLines.unreadable(file, line, cause);
  }
}
