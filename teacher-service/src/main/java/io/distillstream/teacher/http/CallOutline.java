package io.distillstream.teacher.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Optional;

/**
 * As much of a call to label texts as its refusal needs, read in one pass that keeps nothing.
 *
 * @param texts how many; at least 1
 * @param recorded whether they are to be recorded
 */
record CallOutline(int texts, boolean recorded) {

  private static final JsonFactory JSON = new JsonFactory();

  /** The outline of a body; empty where it is not the usual one. */
  static Optional<CallOutline> of(byte[] body) {
    int texts = 0;
    boolean recorded = true;
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        switch (field) {
          case "text" -> texts = value == JsonToken.VALUE_STRING ? 1 : 0;
          case "texts" -> texts = value == JsonToken.START_ARRAY ? strings(parser) : 0;
          case "record" -> recorded = value != JsonToken.VALUE_FALSE;
          default -> parser.skipChildren();
        }
      }
      boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return whole && texts > 0 ? Optional.of(new CallOutline(texts, recorded)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** How many strings the array has; 0 if anything else is in it. */
  private static int strings(JsonParser parser) throws IOException {
    int count = 0;
    boolean all = true;
    for (JsonToken item = parser.nextToken();
        item != JsonToken.END_ARRAY;
        item = parser.nextToken()) {
      all &= item == JsonToken.VALUE_STRING;
      count++;
      parser.skipChildren();
    }
    return all ? count : 0;
  }
}
