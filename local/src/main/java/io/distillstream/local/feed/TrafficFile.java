package io.distillstream.local.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests one at a time, so that a stream without end may be fed: CSV with a header, or one
 * JSON object per line. Columns and fields: {@code text} (needed), {@code label} and {@code
 * request_id}.
 */
public final class TrafficFile implements Iterator<TrafficItem> {

  /** How the file is written. */
  public enum Format {
    CSV,
    JSONL
  }

  private static final Set<String> FIELDS = Set.of("text", "label", "request_id");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final String idPrefix;
  private final Iterator<@Nullable TrafficItem> items;
  private long number;
  private @Nullable TrafficItem next;

  /**
   * Opens a file for reading; the caller closes the reader.
   *
   * @param name of the file, for messages
   * @param idPrefix ids are made from it and the record's number where the file has none
   * @throws TrafficFormatException if the header of a CSV file lacks {@code text}
   */
  public TrafficFile(String name, Reader reader, Format format, String idPrefix) {
    this.name = name;
    this.idPrefix = idPrefix;
    this.items =
        switch (format) {
          case CSV -> csv(reader);
          case JSONL -> jsonLines(new BufferedReader(reader));
        };
  }

  @Override
  public boolean hasNext() {
    while (next == null && items.hasNext()) {
      next = items.next();
    }
    return next != null;
  }

  @Override
  public TrafficItem next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException();
    }
    TrafficItem item = next;
    next = null;
    return item;
  }

  private Iterator<@Nullable TrafficItem> csv(Reader reader) {
    CSVParser parser;
    try {
      parser =
          CSVFormat.RFC4180
              .builder()
              .setHeader()
              .setSkipHeaderRecord(true)
              .setIgnoreEmptyLines(true)
              .get()
              .parse(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new TrafficFormatException(name, 1, String.valueOf(e.getMessage()));
    }
    if (!parser.getHeaderNames().contains("text")) {
      throw new TrafficFormatException(
          name, 1, "the header is " + parser.getHeaderNames() + ", expected a column 'text'");
    }
    Iterator<CSVRecord> records = parser.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        try {
          return records.hasNext();
        } catch (UncheckedIOException | IllegalStateException e) {
          throw new TrafficFormatException(
              name, parser.getCurrentLineNumber(), String.valueOf(e.getMessage()));
        }
      }

      @Override
      public TrafficItem next() {
        CSVRecord record = records.next();
        return item(
            column(record, "request_id"),
            column(record, "text"),
            column(record, "label"),
            parser.getCurrentLineNumber());
      }
    };
  }

  private static @Nullable String column(CSVRecord record, String column) {
    return record.isSet(column) ? record.get(column) : null;
  }

  private Iterator<@Nullable TrafficItem> jsonLines(BufferedReader reader) {
    return new Iterator<>() {
      private long line;
      private @Nullable String ahead;

      @Override
      public boolean hasNext() {
        if (ahead == null) {
          try {
            ahead = reader.readLine();
            line++;
          } catch (IOException e) {
            throw new TrafficFormatException(name, line, String.valueOf(e.getMessage()));
          }
        }
        return ahead != null;
      }

      @Override
      public @Nullable TrafficItem next() {
        if (!hasNext() || ahead == null) {
          throw new NoSuchElementException();
        }
        String text = ahead;
        ahead = null;
        return text.isBlank() ? null : json(text, line);
      }
    };
  }

  private TrafficItem json(String text, long line) {
    JsonNode object;
    try {
      object = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new TrafficFormatException(name, line, e.getOriginalMessage());
    }
    if (!object.isObject()) {
      throw new TrafficFormatException(name, line, "expected a JSON object");
    }
    object
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!FIELDS.contains(field)) {
                throw new TrafficFormatException(
                    name,
                    line,
                    "unknown field '" + field + "'; accepted are text, label, request_id");
              }
            });
    return item(
        field(object, "request_id", line),
        field(object, "text", line),
        field(object, "label", line),
        line);
  }

  private @Nullable String field(JsonNode object, String field, long line) {
    JsonNode value = object.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new TrafficFormatException(name, line, "'" + field + "' is not a string");
    }
    return value.textValue();
  }

  private TrafficItem item(
      @Nullable String requestId, @Nullable String text, @Nullable String label, long line) {
    if (text == null || text.isBlank()) {
      throw new TrafficFormatException(name, line, "'text' is missing or blank");
    }
    String id = requestId == null || requestId.isBlank() ? idPrefix + "-" + number : requestId;
    number++;
    return new TrafficItem(id, text, Optional.ofNullable(label).filter(l -> !l.isBlank()));
  }
}
