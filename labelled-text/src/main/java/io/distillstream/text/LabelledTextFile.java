package io.distillstream.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file of texts that is being written, one at a time, in UTF-8, so that {@link LabelledTexts}
 * reads it. CSV has the header {@code text,label}; what has no label gets a blank cell, or no
 * field. Each text is in the file as soon as it is written.
 */
public final class LabelledTextFile implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final TextFormat format;
  private final BufferedWriter writer;

  private LabelledTextFile(Path file, TextFormat format, BufferedWriter writer) {
    this.file = file;
    this.format = format;
    this.writer = writer;
  }

  /**
   * Creates a file whose name tells its format.
   *
   * @throws TextFileException if its name tells none, it exists already, or it cannot be written
   */
  public static LabelledTextFile create(Path file) {
    TextFormat format = TextFormat.ofNameOrThrow(file);
    try {
      BufferedWriter writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW);
      LabelledTextFile created = new LabelledTextFile(file, format, writer);
      if (format == TextFormat.CSV) {
        created.append(CsvLine.of(LabelledTexts.TEXT, LabelledTexts.LABEL));
      }
      return created;
    } catch (FileAlreadyExistsException e) {
      throw new TextFileException(file.toString(), "exists already, and is not replaced", e);
    } catch (NoSuchFileException e) {
      throw new TextFileException(file.toString(), "there is no such folder", e);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Where it is. */
  public Path path() {
    return file;
  }

  /**
   * Adds a text.
   *
   * @throws TextFileException if the file cannot be written
   */
  public void write(String text, Optional<String> label) {
    append(
        switch (format) {
          case CSV -> CsvLine.of(text, label.orElse(""));
          case JSONL -> jsonLine(text, label);
        });
  }

  private static String jsonLine(String text, Optional<String> label) {
    ObjectNode object = JSON.createObjectNode().put(LabelledTexts.TEXT, text);
    label.ifPresent(name -> object.put(LabelledTexts.LABEL, name));
    return object + "\n";
  }

  private void append(String line) {
    try {
      writer.write(line);
      writer.flush();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static TextFileException unwritable(Path file, IOException cause) {
    return new TextFileException(
        file.toString(), "cannot be written: " + cause.getMessage(), cause);
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
