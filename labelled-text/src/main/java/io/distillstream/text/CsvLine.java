package io.distillstream.text;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A row of a CSV file (RFC 4180) as it is written. */
public final class CsvLine {
  private CsvLine() {}

  /** The cells, quoted only where they must be, and a line feed. */
  public static String of(String... cells) {
    return Arrays.stream(cells).map(CsvLine::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
