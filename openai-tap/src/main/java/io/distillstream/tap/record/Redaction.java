package io.distillstream.tap.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces personal data by its kind, such as {@code [email]}, before anything is written. */
public final class Redaction {

  /** A kind of data that is found by its form. */
  public enum Kind {
    EMAIL("[\\p{L}\\p{N}._%+'-]{1,64}@[\\p{L}\\p{N}-]{1,63}(?:\\.[\\p{L}\\p{N}-]{1,63}){1,8}"),
    /** Digits whose last one is the check digit of payment cards (ISO/IEC 7812). */
    CARD("(?<!\\d)\\d(?:[ -]?\\d){12,18}(?!\\d)") {
      @Override
      boolean holds(String match) {
        return isCard(match);
      }
    },
    /** International with a plus sign, national with a zero, or in the groups of North America. */
    PHONE(
        "(?<![\\p{L}\\p{N}])(?:\\+\\d(?:[ ().\\-/]{0,2}\\d){7,14}"
            + "|\\(?0\\d(?:[ ().\\-/]{0,2}\\d){5,13}"
            + "|\\(?\\d{3}\\)?[ .\\-]{1,2}\\d{3}[ .\\-]\\d{4})(?!\\d)");

    private final Pattern pattern;

    Kind(String pattern) {
      this.pattern = Pattern.compile(pattern);
    }

    boolean holds(String match) {
      return true;
    }

    /** As settings and replacements have it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int TEN = 10;

  private final List<Kind> kinds;
  private final List<Pattern> own;

  /**
   * @param kinds what is looked for, in this order
   * @param own what else is
   */
  public Redaction(List<Kind> kinds, List<Pattern> own) {
    this.kinds = List.copyOf(kinds);
    this.own = List.copyOf(own);
  }

  Pass begin() {
    return new Pass();
  }

  /** Counts what is replaced in some texts. */
  final class Pass {

    private int count;

    int count() {
      return count;
    }

    String text(String text) {
      String result = text;
      for (Kind kind : kinds) {
        result = replace(kind.pattern, kind, result);
      }
      for (Pattern pattern : own) {
        Matcher matcher = pattern.matcher(result);
        result = matcher.replaceAll(match -> counted("[redacted]"));
      }
      return result;
    }

    /** In every value of a JSON text, numbers among them; a name of a field stays. */
    JsonNode json(JsonNode node) {
      if (node instanceof ObjectNode object) {
        ObjectNode result = Recorder.JSON.createObjectNode();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
          result.set(field.getKey(), json(field.getValue()));
        }
        return result;
      }
      if (node instanceof ArrayNode array) {
        ArrayNode result = Recorder.JSON.createArrayNode();
        array.forEach(item -> result.add(json(item)));
        return result;
      }
      if (node.isTextual() || node.isNumber()) {
        String redacted = text(node.asText());
        return redacted.equals(node.asText()) ? node : TextNode.valueOf(redacted);
      }
      return node.isMissingNode() ? Recorder.JSON.nullNode() : node;
    }

    private String replace(Pattern pattern, Kind kind, String text) {
      return pattern
          .matcher(text)
          .replaceAll(
              match ->
                  kind.holds(match.group())
                      ? counted("[" + kind.text() + "]")
                      : Matcher.quoteReplacement(match.group()));
    }

    private String counted(String replacement) {
      count++;
      return replacement;
    }
  }

  private static boolean isCard(String text) {
    int sum = 0;
    boolean second = false;
    for (int i = text.length() - 1; i >= 0; i--) {
      int digit = text.charAt(i) - '0';
      if (digit >= 0 && digit < TEN) {
        int counted = second ? 2 * digit : digit;
        sum += counted < TEN ? counted : counted - TEN + 1;
        second = !second;
      }
    }
    return sum % TEN == 0;
  }
}
