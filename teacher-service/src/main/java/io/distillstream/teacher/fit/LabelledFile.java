package io.distillstream.teacher.fit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads labelled texts, in UTF-8, from CSV (RFC 4180) with a header that has the columns {@code
 * text} and {@code label}, or from JSONL with the same two fields; other columns and fields are
 * ignored.
 */
public final class LabelledFile {
  private static final String TEXT = "text";
  private static final String LABEL = "label";
  private static final ObjectMapper JSON = new ObjectMapper();

  private LabelledFile() {}

  /**
   * The examples of {@code file}, in its order; which format it has is told by its name.
   *
   * @throws LabelledFileException if the file is missing, of another kind, or damaged
   */
  public static List<LabelledExample> read(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    boolean csv = name.endsWith(".csv");
    if (!csv && !name.endsWith(".jsonl") && !name.endsWith(".ndjson")) {
      throw new LabelledFileException(file, "expected a name ending in .csv, .jsonl or .ndjson");
    }
    try (BufferedReader in = Files.newBufferedReader(file)) {
      List<LabelledExample> examples = csv ? readCsv(file, in) : readJsonLines(file, in);
      if (examples.isEmpty()) {
        throw new LabelledFileException(file, "there is no example in it");
      }
      return examples;
    } catch (NoSuchFileException e) {
      throw new LabelledFileException(file, "there is no such file");
    } catch (CharacterCodingException e) {
      throw new LabelledFileException(file, "it is not UTF-8");
    } catch (IOException e) {
      throw new LabelledFileException(file, "it cannot be read: " + e.getMessage());
    }
  }

  private static List<LabelledExample> readCsv(Path file, BufferedReader in) throws IOException {
    CsvReader csv = new CsvReader(file, in);
    List<String> header = csv.next().orElse(List.of());
    int text = header.indexOf(TEXT);
    int label = header.indexOf(LABEL);
    if (text < 0 || label < 0) {
      throw new LabelledFileException(
          file, 1, "expected a header with the columns text and label, got " + header);
    }
    List<LabelledExample> examples = new ArrayList<>();
    for (var row = csv.next(); row.isPresent(); row = csv.next()) {
      List<String> fields = row.get();
      if (fields.size() != header.size()) {
        throw new LabelledFileException(
            file, csv.line(), "expected %d fields, got %d".formatted(header.size(), fields.size()));
      }
      examples.add(example(file, csv.line(), fields.get(text), fields.get(label)));
    }
    return examples;
  }

  private static List<LabelledExample> readJsonLines(Path file, BufferedReader in)
      throws IOException {
    List<LabelledExample> examples = new ArrayList<>();
    int number = 1;
    for (String line = in.readLine(); line != null; line = in.readLine(), number++) {
      if (!line.isBlank()) {
        JsonNode node = parse(file, number, line);
        examples.add(
            example(
                file, number, field(file, number, node, TEXT), field(file, number, node, LABEL)));
      }
    }
    return examples;
  }

  private static JsonNode parse(Path file, int number, String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new LabelledFileException(file, number, "not JSON: " + e.getOriginalMessage());
    }
  }

  private static String field(Path file, int number, JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isTextual()) {
      throw new LabelledFileException(
          file, number, "expected a JSON object with the string \"%s\"".formatted(name));
    }
    return value.asText();
  }

  private static LabelledExample example(Path file, int line, String text, String label) {
    try {
      return new LabelledExample(text, label.strip());
    } catch (IllegalArgumentException e) {
      throw new LabelledFileException(file, line, String.valueOf(e.getMessage()));
    }
  }
}
