package io.distillstream.model;

import java.util.Arrays;
import java.util.List;

/**
 * Texts of one batch as the rectangles a model takes: token ids and attention mask, both row-major
 * int64 {@code [batch, length]}, where {@code length} is that of the longest text.
 */
public final class TokenBatch {
  private final int batch;
  private final int length;
  private final long[] ids;
  private final long[] mask;

  private TokenBatch(int batch, int length, long[] ids, long[] mask) {
    this.batch = batch;
    this.length = length;
    this.ids = ids;
    this.mask = mask;
  }

  /**
   * Pads {@code texts} to the longest of them.
   *
   * @param texts token ids of each text, at least one text
   * @param paddingId the id that fills up shorter texts; its mask is 0
   */
  public static TokenBatch of(List<int[]> texts, int paddingId) {
    int length = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    if (length == 0) {
      throw new IllegalArgumentException(
          String.format("Expected at least one token, got %d texts without any", texts.size()));
    }
    long[] ids = new long[Math.multiplyExact(texts.size(), length)];
    long[] mask = new long[ids.length];
    int row = 0;
    for (int[] text : texts) {
      for (int i = 0; i < text.length; i++) {
        ids[row + i] = text[i];
      }
      Arrays.fill(ids, row + text.length, row + length, paddingId);
      Arrays.fill(mask, row, row + text.length, 1);
      row += length;
    }
    return new TokenBatch(texts.size(), length, ids, mask);
  }

  /** Number of texts. */
  public int batch() {
    return batch;
  }

  /** Number of tokens of the longest text. */
  public int length() {
    return length;
  }

  /** {@code [batch, length]}, as ONNX Runtime takes it. */
  public long[] shape() {
    return new long[] {batch, length};
  }

  /** Token ids, row-major {@code [batch, length]}; not a copy. */
  public long[] ids() {
    return ids;
  }

  /** 1 for a token, 0 for padding, row-major {@code [batch, length]}; not a copy. */
  public long[] mask() {
    return mask;
  }
}
