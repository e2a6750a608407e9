package io.distillstream.trainer.student;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.parameter.Extents;
import io.distillstream.trainer.parameter.InitialDeviation;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.parameter.ParameterList;
import io.distillstream.trainer.parameter.TableRows;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A bag of n-grams that classifies texts: the mean of one vector per word piece and one per pair of
 * neighbouring word pieces, a layer norm, and a linear classifier. After Joulin, Grave, Bojanowski,
 * Mikolov, <a href="https://arxiv.org/abs/1607.01759">Bag of Tricks for Efficient Text
 * Classification</a>, 2017.
 *
 * <pre>
 * mean   = (Σ embedding[rows[ids]] + Σ embedding[rows[pair(idᵢ, idᵢ₊₁)]]) / (2 tokens - 1)
 * logits = norm(mean) · Wc + bc
 * </pre>
 *
 * <p>The norm is not in the paper: a mean of many vectors is short, and with Adam, whose steps do
 * not grow with it, the classifier would take long to make up for that.
 *
 * <p>Pairs share rows by {@link #pair hash}: too many occur to give each its own. The hash uses
 * integer product, sum and remainder alone, so that the exported graph computes it from {@code
 * input_ids} and devices need no code for it.
 *
 * @param vocabularySize word pieces, which are the first entries of the table
 * @param width of a vector
 * @param buckets entries for pairs, after those of the word pieces
 * @param classes of the label space
 * @param maxTokens longest text in word pieces
 * @param tableRows which row of the table each entry has
 */
public record NgramSpec(
    int vocabularySize, int width, int buckets, int classes, int maxTokens, TableRows tableRows)
    implements StudentSpec {
  /** Four times as many raised agreement by 0.002 over 20,000 short texts, for twice the size. */
  public static final int STANDARD_BUCKETS = 1 << 14;

  /** The largest prime below 2³¹. */
  static final long PRIME = 2_147_483_647L;

  /** Factors of the hash: golden ratio and √2 of 2³¹; products with ids stay below 2⁶³. */
  static final long FIRST_FACTOR = 1_327_217_885L;

  static final long SECOND_FACTOR = 889_516_853L;

  public NgramSpec {
    Extents.atLeast(1, vocabularySize, "vocabularySize");
    Extents.atLeast(1, width, "width");
    Extents.atLeast(1, buckets, "buckets");
    Extents.atLeast(2, classes, "classes");
    Extents.atLeast(1, maxTokens, "maxTokens");
    Extents.entries(Math.addExact(vocabularySize, buckets), tableRows);
  }

  /** With a row for each word piece and bucket. */
  public NgramSpec(int vocabularySize, int width, int buckets, int classes, int maxTokens) {
    this(
        vocabularySize,
        width,
        buckets,
        classes,
        maxTokens,
        TableRows.own(Math.addExact(vocabularySize, buckets)));
  }

  static NgramSpec read(SpecHeader header) {
    return new NgramSpec(
        header.number("vocabulary_size"),
        header.number("width"),
        header.number("buckets"),
        header.number("classes"),
        header.number("max_tokens"));
  }

  @Override
  public StudentFamily family() {
    return StudentFamily.NGRAM;
  }

  @Override
  public Map<String, String> header() {
    return SpecHeader.of(family())
        .with("vocabulary_size", vocabularySize)
        .with("width", width)
        .with("buckets", buckets)
        .with("classes", classes)
        .with("max_tokens", maxTokens)
        .entries();
  }

  @Override
  public OnnxModel toOnnx(StudentWeights weights, Map<String, String> metadata) {
    return new NgramGraph(this, weights).build(metadata);
  }

  @Override
  public NgramSpec withTableRows(TableRows others) {
    return new NgramSpec(vocabularySize, width, buckets, classes, maxTokens, others);
  }

  @Override
  public boolean differsInUnitsAtMost(StudentSpec other) {
    return other instanceof NgramSpec that
        && that.tableRows.entries() == tableRows.entries()
        && that.withTableRows(tableRows).equals(this);
  }

  /**
   * Entry of a pair. {@code ((a·i + b·j) mod p) mod buckets} is a universal hash: Carter, Wegman,
   * Universal Classes of Hash Functions, 1979.
   */
  public int pair(int left, int right) {
    long mixed = (FIRST_FACTOR * left + SECOND_FACTOR * right) % PRIME;
    return vocabularySize + (int) (mixed % buckets);
  }

  /** One per word piece, then one per pair. */
  @Override
  public int vectors(int tokens) {
    return 2 * tokens - 1;
  }

  @Override
  public int entry(int[] tokens, int vector) {
    int left = vector - tokens.length;
    return left < 0 ? tokens[vector] : pair(tokens[left], tokens[left + 1]);
  }

  @Override
  public int[] vectorsOf(int tokens, int position) {
    IntStream pairs = IntStream.of(tokens + position - 1, tokens + position);
    return IntStream.concat(
            IntStream.of(position), pairs.filter(pair -> pair >= tokens && pair < vectors(tokens)))
        .toArray();
  }

  @Override
  public List<Parameter> parameters() {
    ParameterList all = new ParameterList();
    all.matrix(EMBEDDING, tableRows.count(), width);
    all.norm("norm", width);
    all.linear(CLASSIFIER, width, classes);
    return all.toList();
  }

  /** Pairs start at 0, so that those never learned say nothing. */
  @Override
  public double deviation(Parameter matrix, int row) {
    if (matrix.name().equals(EMBEDDING)) {
      return row < vocabularySize ? InitialDeviation.WORD_VECTOR : 0;
    }
    return InitialDeviation.scaledByInputs(matrix);
  }
}
