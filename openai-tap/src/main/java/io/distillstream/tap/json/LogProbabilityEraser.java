package io.distillstream.tap.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Takes log-probabilities out of an answer, so that it is as if nobody had asked for them. */
public final class LogProbabilityEraser {

  private static final byte[] NAME = "\"logprobs\"".getBytes(StandardCharsets.US_ASCII);

  /** How an upstream writes a choice without log-probabilities. */
  public enum Form {
    /** With {@code "logprobs": null}. */
    NULL,
    /** Without the field. */
    ABSENT
  }

  private LogProbabilityEraser() {}

  /**
   * Erases those of every choice.
   *
   * @param json an answer, or a part of one that is streamed; not changed
   * @return the same bytes where there is nothing to erase or they are no JSON
   */
  public static byte[] erase(byte[] json, Form form) {
    if (!mentions(json)) {
      return json;
    }
    Splice splice = new Splice(json);
    try (JsonParser parser = JsonBytes.parser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return json;
      }
      while (JsonBytes.nextField(parser)) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("choices") && value == JsonToken.START_ARRAY) {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            choice(json, parser, form, splice);
          }
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      return json;
    }
    return splice.bytes();
  }

  private static void choice(byte[] json, JsonParser parser, Form form, Splice splice)
      throws IOException {
    int before = -1;
    while (JsonBytes.nextField(parser)) {
      int field = JsonBytes.start(parser);
      boolean erased = parser.currentName().equals("logprobs");
      parser.nextToken();
      int from = JsonBytes.start(parser);
      int to = JsonBytes.end(parser);
      if (!erased) {
        before = to;
      } else if (form == Form.NULL) {
        splice.replace(from, to, "null");
      } else if (before >= 0) {
        splice.replace(before, to, "");
      } else {
        splice.replace(field, afterComma(json, to), "");
      }
    }
  }

  /** Where the next field begins, or the object ends. */
  private static int afterComma(byte[] json, int from) {
    int at = afterBlanks(json, from);
    return at < json.length && json[at] == ',' ? afterBlanks(json, at + 1) : from;
  }

  private static int afterBlanks(byte[] json, int from) {
    int at = from;
    while (at < json.length && isBlank(json[at])) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(byte character) {
    return character == ' ' || character == '\n' || character == '\r' || character == '\t';
  }

  private static boolean mentions(byte[] json) {
    for (int at = 0; at <= json.length - NAME.length; at++) {
      if (json[at] == '"' && Arrays.equals(json, at, at + NAME.length, NAME, 0, NAME.length)) {
        return true;
      }
    }
    return false;
  }
}
