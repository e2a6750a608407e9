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
 * A transformer with causal linear attention that gives a distribution over the next word piece at
 * every token, for distillation token by token.
 *
 * <pre>
 * x      = embedding[ids]                              [batch, tokens, width]
 * x      = x + attention(norm(x))                      per block; each token sees itself and those before
 * x      = x + W2 gelu(W1 norm(x) + b1) + b2           per block
 * logits = norm(x) · Wc + bc                           [batch, tokens, vocabularySize]
 * </pre>
 *
 * <p>Causal linear attention is a recurrent network whose state does not grow with the text:
 * Katharopoulos, Vyas, Pappas, Fleuret, <a href="https://arxiv.org/abs/2006.16236">Transformers are
 * RNNs</a>, 2020, sections 3.3 and 3.4. So there are no position vectors, which would bound the
 * length, and order shows through what came before.
 *
 * <p>The output is not tied to the word table: a table that is also an output matrix gets a
 * gradient in every row at each step, while a table alone is updated in the rows of the batch's
 * words; and each of the two constants keeps the one layout and use that a quantizer wants. It
 * costs {@code vocabularySize · width} further weights; trim the vocabulary.
 *
 * @param vocabularySize word pieces; these are the classes too
 * @param width of a token's vector
 * @param headWidth of a query, key or value in each head
 * @param blocks attention and feed-forward pairs, in order
 * @param maxTokens longest text in training; on the device there is no limit
 */
public record CausalTransformerSpec(
    int vocabularySize, int width, int headWidth, List<BlockShape> blocks, int maxTokens)
    implements StudentSpec {

  public CausalTransformerSpec {
    Extents.atLeast(2, vocabularySize, "vocabularySize");
    Extents.atLeast(1, width, "width");
    Extents.atLeast(1, headWidth, "headWidth");
    Extents.atLeast(1, maxTokens, "maxTokens");
    blocks = List.copyOf(blocks);
  }

  /** With the extents of a ready-made size. */
  public static CausalTransformerSpec of(StudentSize size, int vocabularySize, int maxTokens) {
    return of(StudentShape.of(size), vocabularySize, maxTokens);
  }

  /** Equal blocks of these extents. */
  static CausalTransformerSpec of(StudentShape shape, int vocabularySize, int maxTokens) {
    return new CausalTransformerSpec(
        vocabularySize,
        shape.width(),
        Extents.headWidth(shape.width(), shape.heads()),
        BlockShape.repeated(shape.blocks(), shape.heads(), shape.feedForward()),
        maxTokens);
  }

  static CausalTransformerSpec read(SpecHeader header) {
    return new CausalTransformerSpec(
        header.number("vocabulary_size"),
        header.number("width"),
        header.number("head_width"),
        header.blocks(),
        header.number("max_tokens"));
  }

  @Override
  public StudentFamily family() {
    return StudentFamily.CAUSAL;
  }

  @Override
  public Map<String, String> header() {
    return SpecHeader.of(family())
        .with("vocabulary_size", vocabularySize)
        .with("width", width)
        .with("head_width", headWidth)
        .with(blocks)
        .with("max_tokens", maxTokens)
        .entries();
  }

  /** Over whole texts; see {@link CausalGraph#perToken} for the other form. */
  @Override
  public OnnxModel toOnnx(StudentWeights weights, Map<String, String> metadata) {
    return CausalGraph.overTexts(weights, metadata);
  }

  @Override
  public int classes() {
    return vocabularySize;
  }

  @Override
  public TableRows tableRows() {
    return TableRows.own(vocabularySize);
  }

  @Override
  public boolean sharesTableRows() {
    return false;
  }

  @Override
  public CausalTransformerSpec withTableRows(TableRows others) {
    if (!others.equals(tableRows())) {
      throw new IllegalArgumentException(
          "every word piece of a causal transformer has a row of its own, got " + others);
    }
    return this;
  }

  @Override
  public List<Parameter> parameters() {
    ParameterList all = new ParameterList();
    all.matrix(EMBEDDING, vocabularySize, width);
    for (int block = 0; block < blocks.size(); block++) {
      blocks.get(block).addTo(all, "block" + block + ".", width, headWidth);
    }
    all.norm("norm", width);
    all.linear(CLASSIFIER, width, vocabularySize);
    return all.toList();
  }

  @Override
  public double deviation(Parameter matrix, int row) {
    return matrix.name().equals(EMBEDDING)
        ? InitialDeviation.WORD_VECTOR
        : InitialDeviation.residual(matrix, blocks.size());
  }
}
