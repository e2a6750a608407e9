package io.distillstream.foundation.json;

import com.grack.nanojson.JsonParserException;
import com.grack.nanojson.JsonReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole documents. Stricter than the parser beneath it: a field may not occur twice, since
 * two readers could take either value, and nesting is bounded, since the stack is.
 */
public final class Json {

  private static final int DEEPEST = 64;
  private static final int BUFFER_BYTES = 1 << 16;

  private Json() {}

  /**
   * An object in UTF-8.
   *
   * @throws InvalidJsonException if the bytes are anything else
   */
  public static JsonFields object(byte[] utf8) {
    return object(text(utf8));
  }

  /**
   * An object in UTF-8; the caller closes the stream.
   *
   * @throws InvalidJsonException if it holds anything else
   */
  public static JsonFields object(InputStream utf8) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    // InputStream.readAllBytes does the same, but not on Android 8.
    for (int read = utf8.read(buffer); read >= 0; read = utf8.read(buffer)) {
      bytes.write(buffer, 0, read);
    }
    return object(bytes.toByteArray());
  }

  /**
   * An object.
   *
   * @throws InvalidJsonException if the text is anything else
   */
  public static JsonFields object(String text) {
    return JsonFields.of("", document(text));
  }

  /**
   * An array of strings.
   *
   * @throws InvalidJsonException if the text is anything else
   */
  public static List<String> texts(String text) {
    return JsonFields.texts("", document(text));
  }

  private static String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidJsonException("Not JSON: its bytes are not UTF-8", e);
    }
  }

  private static @Nullable Object document(String text) {
    JsonNesting.check(text, DEEPEST);
    try {
      return value(JsonReader.from(text), "");
    } catch (JsonParserException e) {
      throw new InvalidJsonException(
          String.format(
              "Not JSON: it cannot be read at line %d, character %d",
              e.getLinePosition(), e.getCharPosition()),
          e);
    }
  }

  /** As maps, lists, strings, numbers that keep their digits, booleans and null. */
  private static @Nullable Object value(JsonReader reader, String path) throws JsonParserException {
    return switch (reader.current()) {
      case OBJECT -> object(reader, path);
      case ARRAY -> array(reader, path);
      case STRING, NUMBER, BOOLEAN, NULL -> reader.value();
    };
  }

  private static List<@Nullable Object> array(JsonReader reader, String path)
      throws JsonParserException {
    List<@Nullable Object> items = new ArrayList<>();
    reader.array();
    while (reader.next()) {
      items.add(value(reader, path + "[" + items.size() + "]"));
    }
    return items;
  }

  private static Map<String, @Nullable Object> object(JsonReader reader, String path)
      throws JsonParserException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    reader.object();
    while (reader.next()) {
      String name = reader.key();
      String place = JsonFields.place(path, name);
      if (fields.containsKey(name)) {
        throw new InvalidJsonException(place, String.format("Field '%s' occurs twice", place));
      }
      fields.put(name, value(reader, place));
    }
    return fields;
  }
}
