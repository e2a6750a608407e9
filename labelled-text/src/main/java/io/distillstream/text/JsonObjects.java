package io.distillstream.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The JSON objects of a file that has one a line; blank lines are passed over. */
public final class JsonObjects implements Iterator<JsonNode> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String file;
  private final BufferedReader reader;
  private long line;
  private @Nullable String ahead;

  /**
   * @param file for messages
   * @param reader borrowed, without a byte order mark
   */
  public JsonObjects(String file, BufferedReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /** The line of the object that was read last, counted from 1. */
  public long line() {
    return line;
  }

  @Override
  public boolean hasNext() {
    while (ahead == null || ahead.isBlank()) {
      line++;
      try {
        ahead = reader.readLine();
      } catch (IOException e) {
        throw TextLines.unreadable(file, line, e);
      }
      if (ahead == null) {
        return false;
      }
    }
    return true;
  }

  @Override
  public JsonNode next() {
    if (!hasNext() || ahead == null) {
      throw new NoSuchElementException();
    }
    String text = ahead;
    ahead = null;
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new TextFileException(file, line, "not JSON: " + e.getOriginalMessage(), e);
    }
    if (!node.isObject()) {
      throw new TextFileException(file, line, "expected a JSON object", null);
    }
    return node;
  }
}
