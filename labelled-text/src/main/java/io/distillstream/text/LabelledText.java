package io.distillstream.text;

import java.util.Optional;

/**
 * A text from a file.
 *
 * @param text as it stands in the file, never blank
 * @param label without white space around it, never blank
 * @param requestId never blank
 * @param line where it begins, counted from 1
 */
public record LabelledText(
    String text, Optional<String> label, Optional<String> requestId, long line) {

  /**
   * Of fields as they stand in a file.
   *
   * @throws TextFileException if the text is missing or blank
   */
  static LabelledText of(
      String file,
      long line,
      Optional<String> text,
      Optional<String> label,
      Optional<String> requestId) {
    return new LabelledText(
        text.filter(found -> !found.isBlank())
            .orElseThrow(
                () -> new TextFileException(file, line, "'text' is missing or blank", null)),
        label(label),
        requestId.filter(id -> !id.isBlank()),
        line);
  }

  /** A label without the white space around it; a blank one is none. */
  static Optional<String> label(Optional<String> field) {
    return field.map(String::strip).filter(label -> !label.isEmpty());
  }
}
