package io.distillstream.tap.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A JSON object whose own fields can be read as they stand, and set. */
public final class JsonObjectEdit {

  /** Of a value: its first byte, and the one after its last. */
  private record Span(int from, int to) {}

  private final byte[] json;
  private final Map<String, Span> fields = new LinkedHashMap<>();
  private final Map<Integer, Runnable> edits = new TreeMap<>();
  private final StringBuilder added = new StringBuilder();
  private final Splice splice;
  private int end;

  private JsonObjectEdit(byte[] json) {
    this.json = json;
    this.splice = new Splice(json);
  }

  /**
   * Finds the fields.
   *
   * @param json kept, not changed
   * @return empty if the bytes are no JSON object in UTF-8, or name a field twice
   */
  public static Optional<JsonObjectEdit> of(byte[] json) {
    JsonObjectEdit edit = new JsonObjectEdit(json);
    try (JsonParser parser = JsonBytes.parser(json)) {
      return edit.find(parser) ? Optional.of(edit) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private boolean find(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      return false;
    }
    while (JsonBytes.nextField(parser)) {
      String name = parser.currentName();
      parser.nextToken();
      int from = JsonBytes.start(parser);
      if (fields.put(name, new Span(from, JsonBytes.end(parser))) != null) {
        return false;
      }
    }
    end = JsonBytes.start(parser);
    return parser.nextToken() == null;
  }

  /** The bytes of a field's value; empty if there is no such field. */
  public Optional<byte[]> value(String field) {
    Span span = fields.get(field);
    return span == null
        ? Optional.empty()
        : Optional.of(Arrays.copyOfRange(json, span.from, span.to));
  }

  /** Gives a field another value, or adds it at the end. To be asked once for each field. */
  public void set(String field, String value) {
    Span span = fields.get(field);
    if (span != null) {
      edits.put(span.from, () -> splice.replace(span.from, span.to, value));
    } else {
      added.append(fields.isEmpty() && added.isEmpty() ? "" : ",");
      added.append('"').append(field).append("\":").append(value);
    }
  }

  /** The object with what was set; to be asked once. */
  public byte[] bytes() {
    edits.values().forEach(Runnable::run);
    splice.replace(end, end, added.toString());
    return splice.bytes();
  }
}
