package io.distillstream.text;

import java.util.List;
import java.util.Optional;

/**
 * A row of a CSV file.
 *
 * @param cells as many as the header has columns, as they stand in the file
 * @param line where it begins, counted from 1
 */
public record CsvRow(List<String> cells, long line) {

  /** A cell as it stands in the file; none in a column that the file lacks, numbered below 0. */
  public Optional<String> cell(int column) {
    return column < 0 ? Optional.empty() : Optional.of(cells.get(column));
  }
}
