package io.distillstream.foundation.json;

/** Looks at brackets alone, before a document is read: how deep they go, and what follows them. */
final class JsonNesting {

  private JsonNesting() {}

  /**
   * Checks that the document is one object or array.
   *
   * @param deepest how many objects and arrays may lie within each other
   * @throws InvalidJsonException otherwise
   */
  static void check(String text, int deepest) {
    int depth = 0;
    boolean quoted = false;
    boolean ended = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
        continue;
      }
      boolean opens = c == '{' || c == '[';
      boolean blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
      if (!blank && (ended || (depth == 0 && !opens))) {
        throw new InvalidJsonException(
            "", "Not JSON: expected one object or array and nothing beside it");
      }
      if (opens && ++depth > deepest) {
        throw new InvalidJsonException("", "Not JSON of ours: it is nested deeper than " + deepest);
      }
      if (c == '}' || c == ']') {
        depth--;
        ended = depth == 0;
      }
      quoted = c == '"';
    }
    if (!ended) {
      throw new InvalidJsonException("", "Not JSON: it is empty or ends too early");
    }
  }
}
