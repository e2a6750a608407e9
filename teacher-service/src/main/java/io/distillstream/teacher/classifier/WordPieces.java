package io.distillstream.teacher.classifier;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.model.ModelFormatException;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.teacher.TeacherException;

/** Uncased word pieces after a {@code vocab.txt}, one piece a line. */
final class WordPieces implements TextTokens {

  private final WordPieceTokenizer tokenizer;
  private final int maxTokens;

  private WordPieces(WordPieceTokenizer tokenizer, int maxTokens) {
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
  }

  /**
   * Reads a {@code vocab.txt}.
   *
   * @throws TeacherException if it is none
   */
  static WordPieces read(String name, byte[] vocabulary, int maxTokens) {
    try {
      return new WordPieces(
          new WordPieceTokenizer(new String(vocabulary, UTF_8).lines().toList()), maxTokens);
    } catch (ModelFormatException e) {
      throw new TeacherException(
          "Tokenizer %s cannot be read: %s".formatted(name, e.getMessage()), e);
    }
  }

  @Override
  public int[] encode(String text) {
    return tokenizer.encode(text, maxTokens);
  }

  @Override
  public int paddingId() {
    return tokenizer.paddingId();
  }

  @Override
  public void close() {}
}
