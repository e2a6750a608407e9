package io.distillstream.tuf.metadata;

import io.distillstream.foundation.json.InvalidJsonException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes the canonical JSON of OLPC: no white space, members ordered by the code points of their
 * names, in strings only {@code "} and {@code \} escaped, and no fractions.
 *
 * @see <a href="https://wiki.laptop.org/go/Canonical_JSON">the form's grammar</a>
 */
public final class CanonicalJson {

  private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private CanonicalJson() {}

  /**
   * A value's canonical form, in UTF-8.
   *
   * @param value a map with strings as keys, a list, a string, a number, a boolean or null
   * @throws InvalidJsonException if a number is not a whole one, if there is anything else in it,
   *     or a string that is not Unicode
   */
  public static byte[] write(@Nullable Object value) {
    CanonicalJson canonical = new CanonicalJson();
    canonical.value(value);
    return canonical.out.toByteArray();
  }

  private void value(@Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      object(object);
    } else if (value instanceof List<?> array) {
      array(array);
    } else if (value instanceof String text) {
      text(utf8(text));
    } else if (value == null
        || value instanceof Boolean
        || (value instanceof Number && WHOLE.matcher(value.toString()).matches())) {
      raw(String.valueOf(value));
    } else {
      throw new InvalidJsonException(
          "", "Canonical JSON has whole numbers alone, this is " + value);
    }
  }

  private void object(Map<?, ?> object) {
    TreeMap<byte[], String> names = new TreeMap<>(CanonicalJson::compareUnsigned);
    for (Object name : object.keySet()) {
      names.put(utf8((String) name), (String) name);
    }
    raw("{");
    Iterator<Map.Entry<byte[], String>> ordered = names.entrySet().iterator();
    while (ordered.hasNext()) {
      Map.Entry<byte[], String> name = ordered.next();
      text(name.getKey());
      raw(":");
      value(object.get(name.getValue()));
      raw(ordered.hasNext() ? "," : "");
    }
    raw("}");
  }

  private void array(List<?> array) {
    raw("[");
    for (int i = 0; i < array.size(); i++) {
      raw(i == 0 ? "" : ",");
      value(array.get(i));
    }
    raw("]");
  }

  private void text(byte[] utf8) {
    out.write('"');
    for (byte b : utf8) {
      if (b == '"' || b == '\\') {
        out.write('\\');
      }
      out.write(b);
    }
    out.write('"');
  }

  private void raw(String ascii) {
    byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
    out.write(bytes, 0, bytes.length);
  }

  /** The order of UTF-8 bytes is that of code points; the order of Java's strings is not. */
  private static int compareUnsigned(byte[] a, byte[] b) {
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      int difference = (a[i] & 0xff) - (b[i] & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return a.length - b.length;
  }

  private static byte[] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new InvalidJsonException("", "A string holds half a surrogate pair: " + e.getMessage());
    }
  }
}
