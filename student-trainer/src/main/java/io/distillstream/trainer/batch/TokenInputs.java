package io.distillstream.trainer.batch;

import java.util.Arrays;

/**
 * Texts as word-piece ids, one unpadded row per text. The arrays are taken over, not copied; they
 * are read only.
 */
@SuppressWarnings("ArrayRecordComponent")
public record TokenInputs(int[][] tokens) {
  /**
   * @throws IllegalArgumentException if there is no text
   */
  public TokenInputs {
    if (tokens.length == 0) {
      throw new IllegalArgumentException("expected at least one text");
    }
  }

  /** Number of texts. */
  public int size() {
    return tokens.length;
  }

  /** Number of word pieces in all texts. */
  public int count() {
    return Arrays.stream(tokens).mapToInt(text -> text.length).sum();
  }
}
