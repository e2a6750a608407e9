package io.distillstream.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads texts one at a time, so that a stream without end may be read: as soon as a line is
 * complete, its text is there. Columns and fields are {@code text}, which is needed, {@code label}
 * and {@code request_id}; others are passed over. Texts stay as they are; labels, which may be
 * whole numbers in JSON, lose the white space around them, and a blank one is none.
 */
public final class LabelledTexts implements Iterator<LabelledText>, AutoCloseable {
  public static final String TEXT = "text";
  public static final String LABEL = "label";
  public static final String REQUEST_ID = "request_id";

  private final String file;
  private final BufferedReader reader;
  private final Iterator<LabelledText> texts;

  private LabelledTexts(String file, InputStream in, TextFormat format) {
    this.file = file;
    this.reader = TextLines.open(file, in);
    this.texts =
        switch (format) {
          case CSV -> csv();
          case JSONL -> json();
        };
  }

  /**
   * Opens a file whose name tells its format.
   *
   * @throws TextFileException if it is missing, or its name or header does not fit
   */
  public static LabelledTexts open(Path file) {
    TextFormat format =
        TextFormat.ofName(file.toString())
            .orElseThrow(
                () ->
                    new TextFileException(
                        file.toString(),
                        "expected a name ending in .csv, .jsonl or .ndjson",
                        null));
    return open(file, format);
  }

  /**
   * Opens a file of a known format.
   *
   * @throws TextFileException if it is missing, or its header does not fit
   */
  public static LabelledTexts open(Path file, TextFormat format) {
    try {
      return of(file.toString(), Files.newInputStream(file), format);
    } catch (NoSuchFileException e) {
      throw new TextFileException(file.toString(), "there is no such file", e);
    } catch (IOException e) {
      throw TextLines.unreadable(file.toString(), 1, e);
    }
  }

  /**
   * Reads a stream, which it owns; waits for the first line where that is a header.
   *
   * @param name for messages, such as {@code standard input}
   * @throws TextFileException if the header does not fit
   */
  public static LabelledTexts of(String name, InputStream in, TextFormat format) {
    return new LabelledTexts(name, in, format);
  }

  @Override
  public boolean hasNext() {
    return texts.hasNext();
  }

  @Override
  public LabelledText next() {
    return texts.next();
  }

  private Iterator<LabelledText> csv() {
    CsvRows rows = new CsvRows(file, reader);
    List<String> header = rows.header();
    int text = header.indexOf(TEXT);
    if (text < 0) {
      throw new TextFileException(
          file, 1, "expected a header with the column 'text', found " + header, null);
    }
    int label = header.indexOf(LABEL);
    int requestId = header.indexOf(REQUEST_ID);
    return new Mapped<>(
        rows,
        row ->
            labelled(
                row.cells().get(text),
                label < 0 ? null : row.cells().get(label),
                requestId < 0 ? null : row.cells().get(requestId),
                row.line()));
  }

  private Iterator<LabelledText> json() {
    JsonObjects objects = new JsonObjects(file, reader);
    return new Mapped<>(
        objects,
        object -> {
          long line = objects.line();
          JsonNode label = object.path(LABEL);
          return labelled(
              string(object.path(TEXT), TEXT, line),
              label.isIntegralNumber() ? label.asText() : string(label, LABEL, line),
              string(object.path(REQUEST_ID), REQUEST_ID, line),
              line);
        });
  }

  private @Nullable String string(JsonNode value, String field, long line) {
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new TextFileException(file, line, "'%s' is not a string".formatted(field), null);
    }
    return value.textValue();
  }

  private LabelledText labelled(
      @Nullable String text, @Nullable String label, @Nullable String requestId, long line) {
    if (text == null || text.isBlank()) {
      throw new TextFileException(file, line, "'text' is missing or blank", null);
    }
    return new LabelledText(
        text,
        Optional.ofNullable(label).map(String::strip).filter(l -> !l.isEmpty()),
        Optional.ofNullable(requestId).filter(id -> !id.isBlank()),
        line);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
