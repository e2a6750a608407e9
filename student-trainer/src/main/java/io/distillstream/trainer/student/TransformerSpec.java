package io.distillstream.trainer.student;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.parameter.Extents;
import io.distillstream.trainer.parameter.InitialDeviation;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.parameter.ParameterList;
import io.distillstream.trainer.parameter.TableRows;
import java.util.List;
import java.util.Map;

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
    implements StudentSpec {

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

  /** Equal blocks of these extents. */
  static TransformerSpec of(StudentShape shape, int vocabularySize, int classes, int maxTokens) {
    return uniform(
        vocabularySize,
        shape.width(),
        shape.blocks(),
        shape.heads(),
        shape.feedForward(),
        classes,
        maxTokens,
        shape.positions());
  }

  /** Without a head width the heads share the width. */
  static TransformerSpec read(SpecHeader header) {
    int width = header.number("width");
    return new TransformerSpec(
        header.number("vocabulary_size"),
        width,
        header.has("head_width") ? header.number("head_width") : width / header.numbers("heads")[0],
        header.blocks(),
        header.number("classes"),
        header.number("max_tokens"),
        header.flag("positions"));
  }

  @Override
  public StudentFamily family() {
    return StudentFamily.TRANSFORMER;
  }

  @Override
  public Map<String, String> header() {
    return SpecHeader.of(family())
        .with("vocabulary_size", vocabularySize)
        .with("width", width)
        .with("head_width", headWidth)
        .with(blocks)
        .with("classes", classes)
        .with("max_tokens", maxTokens)
        .with("positions", positions)
        .entries();
  }

  @Override
  public OnnxModel toOnnx(StudentWeights weights, Map<String, String> metadata) {
    return new TransformerGraph(this, weights).build(metadata);
  }

  @Override
  public List<Parameter> parameters() {
    ParameterList all = new ParameterList();
    all.matrix(EMBEDDING, tableRows.count(), width);
    if (positions) {
      all.matrix(POSITION, maxTokens, width);
    }
    for (int block = 0; block < blocks.size(); block++) {
      blocks.get(block).addTo(all, "block" + block + ".", width, headWidth);
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
      case EMBEDDING -> InitialDeviation.WORD_VECTOR;
      case POSITION -> InitialDeviation.WORD_VECTOR / 10;
      default -> InitialDeviation.residual(matrix, blocks.size());
    };
  }
}
