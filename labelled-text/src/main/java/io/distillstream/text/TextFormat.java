package io.distillstream.text;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** How a file of texts is written. */
public enum TextFormat {
  /** RFC 4180; the first row names the columns. */
  CSV,
  /** One JSON object a line. */
  JSONL;

  /** The format that a file's name tells by its ending: .csv, .jsonl or .ndjson. */
  public static Optional<TextFormat> ofName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".csv")) {
      return Optional.of(CSV);
    }
    return lower.endsWith(".jsonl") || lower.endsWith(".ndjson")
        ? Optional.of(JSONL)
        : Optional.empty();
  }

  /** The format that a file's name tells, or a {@link TextFileException} if it tells none. */
  static TextFormat ofNameOrThrow(Path file) {
    return ofName(file.toString())
        .orElseThrow(
            () ->
                new TextFileException(
                    file.toString(), "expected a name ending in .csv, .jsonl or .ndjson", null));
  }
}
