package io.distillstream.trainer.student;

import java.util.List;

/**
 * A small pre-norm transformer with linear attention that classifies texts.
 *
 * <pre>
 * x      = embedding[rows[ids]] (+ position[0..tokens))     [batch, tokens, width]
 * x      = x + attention(norm(x))                           per block
 * x      = x + W2 gelu(W1 norm(x) + b1) + b2                per block
 * logits = mean over unmasked tokens of norm(x) · Wc + bc   [batch, classes]
 * </pre>
 *
 * Inside attention a block is {@code heads · headWidth} wide, which need not be the width outside.
 *
 * @param vocabularySize word pieces
 * @param width of a token's vector
 * @param headWidth of a query, key or value in each head
 * @param blocks attention and feed-forward pairs, in order
 * @param classes of the label space
 * @param maxTokens longest text in word pieces
 * @param positions whether a learned vector per position is added to the embedding
 * @param tableRows which row of the embedding each word piece has
 */
public record TransformerSpec(
    int vocabularySize,
    int width,
    int headWidth,
    List<BlockShape> blocks,
    int classes,
    int maxTokens,
    boolean positions,
    TableRows tableRows)
    implements TextSpec {

  /** Name of the position vectors, {@code [maxTokens, width]}. */
  public static final String POSITION = "position";

  /** Added to the variance in every norm. */
  public static final float NORM_EPSILON = 1e-5f;

  /** Added to attention's normalizer, which underflows to 0 where φ does so for every token. */
  public static final float ATTENTION_EPSILON = 1e-6f;

  public TransformerSpec {
    Extents.atLeast(1, vocabularySize, "vocabularySize");
    Extents.atLeast(1, width, "width");
    Extents.atLeast(1, headWidth, "headWidth");
    Extents.atLeast(2, classes, "classes");
    Extents.atLeast(1, maxTokens, "maxTokens");
    Extents.entries(vocabularySize, tableRows);
    blocks = List.copyOf(blocks);
  }

  /** With a row for each word piece. */
  public TransformerSpec(
      int vocabularySize,
      int width,
      int headWidth,
      List<BlockShape> blocks,
      int classes,
      int maxTokens,
      boolean positions) {
    this(
        vocabularySize,
        width,
        headWidth,
        blocks,
        classes,
        maxTokens,
        positions,
        TableRows.own(vocabularySize));
  }

  /**
   * Equal blocks whose heads share the width.
   *
   * @throws IllegalArgumentException if the heads do not divide the width
   */
  public static TransformerSpec uniform(
      int vocabularySize,
      int width,
      int blocks,
      int heads,
      int feedForward,
      int classes,
      int maxTokens,
      boolean positions) {
    return new TransformerSpec(
        vocabularySize,
        width,
        Extents.headWidth(width, heads),
        BlockShape.repeated(blocks, heads, feedForward),
        classes,
        maxTokens,
        positions);
  }

  /** The default student for a vocabulary and a label space. */
  public static TransformerSpec standard(int vocabularySize, int classes) {
    return StudentSize.SMALL.classifier(vocabularySize, classes);
  }

  @Override
  public List<Parameter> parameters() {
    ParameterList all = new ParameterList();
    all.matrix(EMBEDDING, tableRows.count(), width);
    if (positions) {
      all.matrix(POSITION, maxTokens, width);
    }
    for (int block = 0; block < blocks.size(); block++) {
      all.block("block" + block + ".", width, headWidth, blocks.get(block));
    }
    all.norm("norm", width);
    all.linear(CLASSIFIER, width, classes);
    return all.toList();
  }

  /** The same with other blocks. */
  public TransformerSpec withBlocks(List<BlockShape> others) {
    return new TransformerSpec(
        vocabularySize, width, headWidth, others, classes, maxTokens, positions, tableRows);
  }

  @Override
  public TransformerSpec withTableRows(TableRows others) {
    return new TransformerSpec(
        vocabularySize, width, headWidth, blocks, classes, maxTokens, positions, others);
  }

  @Override
  public boolean differsInUnitsAtMost(StudentSpec other) {
    return other instanceof TransformerSpec that
        && that.blocks.size() == blocks.size()
        && that.vocabularySize == vocabularySize
        && that.withBlocks(blocks).withTableRows(tableRows).equals(this);
  }

  @Override
  public double deviation(Parameter matrix, int row) {
    return switch (matrix.name()) {
      case EMBEDDING -> RandomStart.EMBEDDING_DEVIATION;
      case POSITION -> RandomStart.EMBEDDING_DEVIATION / 10;
      default -> RandomStart.residualDeviation(matrix, blocks.size());
    };
  }
}
