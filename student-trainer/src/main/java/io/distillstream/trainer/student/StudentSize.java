package io.distillstream.trainer.student;

/** Ready-made extents of a transformer. */
public enum StudentSize {
  TINY(64, 1, 2, 128),
  SMALL(128, 2, 4, 256),
  BASE(256, 4, 8, 1_024),
  LARGE(512, 24, 8, 2_048);

  private final int width;
  private final int blocks;
  private final int heads;
  private final int feedForward;

  StudentSize(int width, int blocks, int heads, int feedForward) {
    this.width = width;
    this.blocks = blocks;
    this.heads = heads;
    this.feedForward = feedForward;
  }

  /** Width of a token's vector. */
  public int width() {
    return width;
  }

  /** Number of attention and feed-forward pairs. */
  public int blocks() {
    return blocks;
  }

  /** Attention heads per block. */
  public int heads() {
    return heads;
  }

  /** Inner width of the feed-forward parts. */
  public int feedForward() {
    return feedForward;
  }

  /** A classifier of texts of up to 64 word pieces. */
  public TransformerSpec classifier(int vocabularySize, int classes) {
    return TransformerSpec.uniform(
        vocabularySize, width, blocks, heads, feedForward, classes, 64, false);
  }
}
