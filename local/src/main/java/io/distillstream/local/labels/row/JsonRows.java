package io.distillstream.local.labels.row;

import com.fasterxml.jackson.databind.JsonNode;
import io.distillstream.text.JsonObjects;
import io.distillstream.text.TextFileException;
import io.distillstream.text.TextLines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads rows that stand as JSON objects, one a line. {@code probabilities} may also be an object of
 * names and numbers, as {@code /v1/predict} answers.
 */
public final class JsonRows {

  private JsonRows() {}

  /**
   * Reads a file to its end.
   *
   * @param now when rows were received and labelled that do not say
   * @return fields that mean nothing here
   * @throws TextFileException if the file is not there, or is no UTF-8
   */
  public static Set<String> read(Path file, Instant now, RowSink sink) throws IOException {
    Set<String> unused = new TreeSet<>();
    try (InputStream in = Files.newInputStream(file);
        BufferedReader reader = TextLines.open(file.toString(), in)) {
      JsonObjects objects = new JsonObjects(file.toString(), reader);
      while (objects.hasNext()) {
        String place = "line " + objects.line();
        try {
          JsonNode object = objects.next();
          object.fieldNames().forEachRemaining(unused::add);
          sink.row(place, RowFields.row(new Fields(object), now));
        } catch (TextFileException e) {
          sink.bad(place, problem(e));
        } catch (BadRowException e) {
          sink.bad(place, String.valueOf(e.getMessage()));
        }
      }
    } catch (NoSuchFileException e) {
      throw new TextFileException(file.toString(), "there is no such file", e);
    }
    unused.removeAll(Columns.ALL);
    return unused;
  }

  /** Without the file and the line, which whoever tells of it adds. */
  private static String problem(TextFileException e) {
    String message = String.valueOf(e.getMessage());
    String before = "line " + e.line() + ": ";
    int at = message.indexOf(before);
    return at < 0 ? message : message.substring(at + before.length());
  }

  private record Fields(JsonNode object) implements RowFields.Source {

    @Override
    public Optional<String> text(String column) throws BadRowException {
      Optional<JsonNode> node = field(column);
      if (node.isPresent() && !node.get().isTextual()) {
        throw unexpected(column, node.get(), "a string");
      }
      return node.map(JsonNode::textValue);
    }

    @Override
    public Optional<List<String>> texts(String column) throws BadRowException {
      Optional<JsonNode> node = field(column);
      if (node.isEmpty()) {
        return column.equals(Columns.LABELS) ? namesOfProbabilities() : Optional.empty();
      }
      List<String> texts = new ArrayList<>();
      for (JsonNode element : array(column, node.get(), "strings")) {
        if (!element.isTextual()) {
          throw unexpected(column, element, "strings");
        }
        texts.add(element.textValue());
      }
      return Optional.of(texts);
    }

    private Optional<List<String>> namesOfProbabilities() {
      JsonNode probabilities = object.path(Columns.PROBABILITIES);
      List<String> names = new ArrayList<>();
      probabilities.fieldNames().forEachRemaining(names::add);
      return probabilities.isObject() ? Optional.of(names) : Optional.empty();
    }

    @Override
    public Optional<float[]> numbers(String column) throws BadRowException {
      Optional<JsonNode> node = field(column);
      if (node.isEmpty()) {
        return Optional.empty();
      }
      boolean named =
          column.equals(Columns.PROBABILITIES)
              && node.get().isObject()
              && !object.hasNonNull(Columns.LABELS);
      JsonNode values = named ? node.get() : array(column, node.get(), "numbers");
      float[] numbers = new float[values.size()];
      int i = 0;
      for (JsonNode element : values) {
        if (!element.isNumber()) {
          throw unexpected(column, element, "numbers");
        }
        numbers[i++] = element.floatValue();
      }
      return Optional.of(numbers);
    }

    @Override
    public Optional<Float> number(String column) throws BadRowException {
      Optional<JsonNode> node = field(column);
      if (node.isPresent() && !node.get().isNumber()) {
        throw unexpected(column, node.get(), "a number");
      }
      return node.map(JsonNode::floatValue);
    }

    @Override
    public Optional<Boolean> flag(String column) throws BadRowException {
      Optional<JsonNode> node = field(column);
      if (node.isPresent() && !node.get().isBoolean()) {
        throw unexpected(column, node.get(), "true or false");
      }
      return node.map(JsonNode::booleanValue);
    }

    @Override
    public Optional<Instant> time(String column) throws BadRowException {
      Optional<String> text = text(column);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(OffsetDateTime.parse(text.get()).toInstant());
      } catch (DateTimeException e) {
        throw new BadRowException(
            "'%s' is '%s', expected a time such as 2026-01-31T12:00:00Z"
                .formatted(column, text.get()));
      }
    }

    private Optional<JsonNode> field(String column) {
      JsonNode node = object.path(column);
      return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    private static JsonNode array(String column, JsonNode node, String elements)
        throws BadRowException {
      if (!node.isArray()) {
        throw unexpected(column, node, "an array of " + elements);
      }
      return node;
    }

    private static BadRowException unexpected(String column, JsonNode found, String expected) {
      String kind = found.getNodeType().name().toLowerCase(Locale.ROOT);
      return new BadRowException("'%s' has a %s, expected %s".formatted(column, kind, expected));
    }
  }
}
