package io.distillstream.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The tokenizer of all-MiniLM-L6-v2, from the class path. */
final class MiniLm {
  private MiniLm() {}

  static InputStream tokenizerJson() {
    InputStream in = MiniLm.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json");
    if (in == null) {
      throw new IllegalStateException("all-minilm-l6-v2-tokenizer.json is not on the class path");
    }
    return in;
  }

  static WordPieceTokenizer tokenizer() {
    try (InputStream json = tokenizerJson()) {
      return WordPieceTokenizer.fromTokenizerJson(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
