package io.distillstream.teacher.fit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads CSV row by row as RFC 4180 has it: quoted fields may hold commas, quotes, line breaks. */
final class CsvReader {
  private static final int END = -1;

  private final Path file;
  private final BufferedReader in;
  private int current;
  private int nextLine = 1;
  private int rowLine = 1;

  CsvReader(Path file, BufferedReader in) throws IOException {
    this.file = file;
    this.in = in;
    current = in.read();
    if (current == '\ufeff') {
      current = in.read();
    }
  }

  /** The line, counted from 1, on which the last row started. */
  int line() {
    return rowLine;
  }

  /** The next row that is not empty. */
  Optional<List<String>> next() throws IOException {
    while (current == '\r' || current == '\n') {
      advance();
    }
    if (current == END) {
      return Optional.empty();
    }
    rowLine = nextLine;
    List<String> fields = new ArrayList<>();
    fields.add(current == '"' ? quoted() : plain());
    while (current == ',') {
      advance();
      fields.add(current == '"' ? quoted() : plain());
    }
    return Optional.of(fields);
  }

  private String plain() throws IOException {
    StringBuilder field = new StringBuilder();
    while (!endsField()) {
      field.append((char) current);
      advance();
    }
    return field.toString();
  }

  private String quoted() throws IOException {
    StringBuilder field = new StringBuilder();
    advance();
    while (true) {
      if (current == END) {
        throw new LabelledFileException(file, rowLine, "a quoted field does not end");
      }
      if (current == '"') {
        advance();
        if (current != '"') {
          break;
        }
      }
      field.append((char) current);
      advance();
    }
    if (!endsField()) {
      throw new LabelledFileException(
          file, nextLine, "expected a comma behind a quoted field, got '" + (char) current + "'");
    }
    return field.toString();
  }

  private boolean endsField() {
    return current == ',' || current == '\r' || current == '\n' || current == END;
  }

  private void advance() throws IOException {
    if (current == '\n') {
      nextLine++;
    }
    current = in.read();
  }
}
