package io.distillstream.local.wordnet;

import io.distillstream.text.CsvLine;
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
      out.write(CsvLine.of("text", "label"));
      for (Gloss text : texts) {
        out.write(CsvLine.of(text.text(), text.label()));
      }
    }
  }
}
