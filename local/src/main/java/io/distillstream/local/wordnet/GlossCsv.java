package io.distillstream.local.wordnet;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes labelled texts as CSV (RFC 4180) under the header {@code text,label}, in UTF-8. */
public final class GlossCsv {
  private GlossCsv() {}

  /** Creates or replaces {@code file}; equal texts give equal bytes. */
  public static void write(List<Gloss> texts, Path file) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("text,label\n");
      for (Gloss text : texts) {
        out.write(quoted(text.text()) + "," + quoted(text.label()) + "\n");
      }
    }
  }

  private static String quoted(String field) {
    boolean plain = field.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
    return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
  }
}
