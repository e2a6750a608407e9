package io.distillstream.text;

import java.util.List;

/**
 * A row of a CSV file.
 *
 * @param cells as many as the header has columns, as they stand in the file
 * @param line where it begins, counted from 1
 */
public record CsvRow(List<String> cells, long line) {}
