package io.distillstream.foundation.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, asked for by name and kind. Each method that asks for a field throws
 * a {@link InvalidJsonException} if it is missing, null or of another kind. Fields that nobody asks
 * for are left alone, so that a document may come to say more.
 */
public final class JsonFields {

  private static final int LONGEST_QUOTE = 40;
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,19}");

  private final String path;
  private final Map<?, ?> fields;

  private JsonFields(String path, Map<?, ?> fields) {
    this.path = path;
    this.fields = fields;
  }

  static JsonFields of(String path, @Nullable Object value) {
    if (value instanceof Map<?, ?> fields) {
      return new JsonFields(path, fields);
    }
    throw other(path, "an object", value);
  }

  /** The names of all fields, in the order of the document. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    fields.keySet().forEach(name -> names.add(String.valueOf(name)));
    return Collections.unmodifiableSet(names);
  }

  /** Whether a field is there and not null. */
  public boolean has(String name) {
    return fields.get(name) != null;
  }

  /** Where a field is in the document, such as {@code artifact.sha256}. */
  public String place(String name) {
    return place(path, name);
  }

  /** The string in a field. */
  public String text(String name) {
    return text(place(name), fields.get(name));
  }

  /** The string in a field, or null where it is absent or null. */
  public @Nullable String textOrNull(String name) {
    return has(name) ? text(name) : null;
  }

  /** A string, number or boolean as it is written; empty where there is neither. */
  public String scalar(String name) {
    Object value = fields.get(name);
    return value == null || value instanceof Map<?, ?> || value instanceof List<?>
        ? ""
        : value.toString();
  }

  /** The whole number in a field, within [least, most]. */
  public long wholeNumber(String name, long least, long most) {
    return wholeNumber(place(name), fields.get(name), least, most);
  }

  /** The whole numbers in an array, each within [least, most]. */
  public List<Long> wholeNumbers(String name, long least, long most) {
    List<?> items = array(name);
    List<Long> numbers = new ArrayList<>(items.size());
    for (Object item : items) {
      numbers.add(wholeNumber(item(name, numbers.size()), item, least, most));
    }
    return numbers;
  }

  /** The numbers in an array, each the float nearest to it and finite. */
  public List<Float> floats(String name) {
    List<?> items = array(name);
    List<Float> numbers = new ArrayList<>(items.size());
    for (Object item : items) {
      String place = item(name, numbers.size());
      float number = item instanceof Number ? Float.parseFloat(item.toString()) : Float.NaN;
      if (Float.isNaN(number) || Float.isInfinite(number)) {
        throw other(place, "a number that a float can hold", item);
      }
      numbers.add(number);
    }
    return numbers;
  }

  /** The boolean in a field. */
  public boolean flag(String name) {
    Object value = fields.get(name);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw other(place(name), "true or false", value);
  }

  /** The strings in an array. */
  public List<String> texts(String name) {
    return texts(place(name), fields.get(name));
  }

  /**
   * The whole object, those fields included that nobody here knows: maps, lists, strings, booleans,
   * null, and numbers that keep their digits as text.
   */
  public Map<?, ?> tree() {
    return Collections.unmodifiableMap(fields);
  }

  /** The object in a field. */
  public JsonFields object(String name) {
    return of(place(name), fields.get(name));
  }

  /** The objects in an array. */
  public List<JsonFields> objects(String name) {
    List<?> items = array(name);
    List<JsonFields> objects = new ArrayList<>(items.size());
    for (Object item : items) {
      objects.add(of(item(name, objects.size()), item));
    }
    return objects;
  }

  static List<String> texts(String path, @Nullable Object value) {
    if (!(value instanceof List<?> items)) {
      throw other(path, "an array", value);
    }
    List<String> texts = new ArrayList<>();
    for (Object item : items) {
      texts.add(text(path + "[" + texts.size() + "]", item));
    }
    return texts;
  }

  static String place(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private List<?> array(String name) {
    Object value = fields.get(name);
    if (value instanceof List<?> items) {
      return items;
    }
    throw other(place(name), "an array", value);
  }

  private String item(String name, int index) {
    return place(name) + "[" + index + "]";
  }

  private static String text(String place, @Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw other(place, "a string", value);
  }

  private static long wholeNumber(String place, @Nullable Object value, long least, long most) {
    String expected = String.format("a whole number from %d to %d", least, most);
    if (!(value instanceof Number) || !WHOLE.matcher(value.toString()).matches()) {
      throw other(place, expected, value);
    }
    try {
      long number = Long.parseLong(value.toString());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the message of a number out of range.
    }
    throw new InvalidJsonException(
        place, String.format("'%s' is %s, expected %s", place, value, expected));
  }

  private static InvalidJsonException other(String place, String expected, @Nullable Object found) {
    return new InvalidJsonException(
        place,
        place.isEmpty()
            ? String.format("Expected %s, found %s", expected, kind(found))
            : String.format("Expected %s in '%s', found %s", expected, place, kind(found)));
  }

  private static String kind(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    }
    if (value instanceof Map<?, ?>) {
      return "an object";
    }
    if (value instanceof List<?>) {
      return "an array";
    }
    if (value instanceof String) {
      return "a string";
    }
    return value instanceof Boolean ? "a boolean" : "the number " + shortened(value);
  }

  /** Whoever wrote a document may have written a number of a million digits. */
  private static String shortened(Object number) {
    String digits = number.toString();
    return digits.length() <= LONGEST_QUOTE ? digits : digits.substring(0, LONGEST_QUOTE) + "…";
  }
}
