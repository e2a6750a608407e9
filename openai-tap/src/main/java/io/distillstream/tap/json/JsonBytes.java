package io.distillstream.tap.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Where the tokens of a JSON text lie in its bytes. */
final class JsonBytes {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonBytes() {}

  /** Its parser closes nothing that needs closing. */
  static JsonParser parser(byte[] json) throws IOException {
    return JSON.createParser(json);
  }

  /**
   * Where the current token begins.
   *
   * @throws IOException if the text is not in UTF-8, where no bytes are told
   */
  static int start(JsonParser parser) throws IOException {
    return offset(parser.currentTokenLocation().getByteOffset());
  }

  /** Goes to the end of the value that the parser stands on, and tells where it ends. */
  static int end(JsonParser parser) throws IOException {
    if (parser.currentToken().isStructStart()) {
      parser.skipChildren();
    } else {
      parser.finishToken();
    }
    return offset(parser.currentLocation().getByteOffset());
  }

  /** Goes on to the next field of an object; false at its end. */
  static boolean nextField(JsonParser parser) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.FIELD_NAME) {
      return true;
    }
    if (token == JsonToken.END_OBJECT) {
      return false;
    }
    throw new IOException("The object is not whole");
  }

  private static int offset(long offset) throws IOException {
    if (offset < 0) {
      throw new IOException("The text is not in UTF-8");
    }
    return Math.toIntExact(offset);
  }
}
