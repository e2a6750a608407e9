package io.distillstream.teacher.encoder;

/** A text as one teacher reads it: token ids, special tokens included. Immutable. */
public final class TokenizedText {
  private final int[] ids;

  /**
   * @param ids at least one token id; owned by this object from here on
   */
  public TokenizedText(int[] ids) {
    if (ids.length == 0) {
      throw new IllegalArgumentException("Expected at least one token id");
    }
    this.ids = ids;
  }

  /** Number of tokens: what the text costs, and what to sort by before batching. */
  public int length() {
    return ids.length;
  }

  /** The token ids {@code [length]}; callers must not change them. */
  public int[] ids() {
    return ids;
  }
}
