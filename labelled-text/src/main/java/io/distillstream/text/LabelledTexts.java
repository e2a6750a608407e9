package io.distillstream.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

  private static final Set<String> KNOWN = Set.of(TEXT, LABEL, REQUEST_ID);

  private final String file;
  private final BufferedReader reader;
  private final Set<String> unused = ConcurrentHashMap.newKeySet();
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
    return open(file, TextFormat.ofNameOrThrow(file));
  }

  /**
   * Opens a file of a known format.
   *
   * @throws TextFileException if it is missing, or its header does not fit
   */
  public static LabelledTexts open(Path file, TextFormat format) {
    try {
      InputStream in = Files.newInputStream(file);
      try {
        return of(file.toString(), in, format);
      } catch (TextFileException e) {
        in.close();
        throw e;
      }
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

  /**
   * Columns or fields met so far that mean nothing here, one of which may be a name misspelt. May
   * be asked from another thread.
   */
  public Set<String> unused() {
    return Set.copyOf(unused);
  }

  private void use(Iterable<String> names) {
    for (String name : names) {
      if (!KNOWN.contains(name)) {
        unused.add(name);
      }
    }
  }

  private Iterator<LabelledText> csv() {
    CsvRows rows = new CsvRows(file, reader);
    List<String> header = rows.header();
    use(header);
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
            LabelledText.of(
                file, row.line(), row.cell(text), row.cell(label), row.cell(requestId)));
  }

  private Iterator<LabelledText> json() {
    JsonObjects objects = new JsonObjects(file, reader);
    return new Mapped<>(
        objects,
        object -> {
          use(object::fieldNames);
          return new TextObject(file, objects.line(), object).labelled();
        });
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
