package io.distillstream.benchmarks.teachers;

import io.distillstream.model.LabelSpace;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Multinomial logistic regression on the word pieces of a text, whatever their order, as a
 * classifier in ONNX: a teacher that fails otherwise than an encoder does.
 *
 * <pre>
 * z = b + Σ over the text's pieces of W[piece]
 * </pre>
 */
final class BagOfWords {
  private static final int EPOCHS = 8;
  private static final double RATE = 0.25;
  private static final double DECAY = 1e-3;

  /** Opset whose sums take their axes as attributes. */
  private static final long OPSET = 12;

  private final int classes;
  private final float[] weights;
  private final float[] squares;

  private BagOfWords(int vocabulary, int classes) {
    this.classes = classes;
    weights = new float[(vocabulary + 1) * classes];
    squares = new float[weights.length];
  }

  /**
   * Fits the weights by AdaGrad (Duchi, Hazan, Singer, <a
   * href="https://jmlr.org/papers/v12/duchi11a.html">Adaptive Subgradient Methods</a>, 2011).
   *
   * @param texts word-piece ids of each
   * @param truths class of each
   * @param seed of the order
   */
  static BagOfWords fit(List<int[]> texts, int[] truths, int vocabulary, int classes, long seed) {
    BagOfWords fitted = new BagOfWords(vocabulary, classes);
    List<Integer> order = new ArrayList<>(IntStream.range(0, texts.size()).boxed().toList());
    Random random = new Random(seed);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      Collections.shuffle(order, random);
      for (int text : order) {
        fitted.learn(texts.get(text), truths[text]);
      }
    }
    return fitted;
  }

  private void learn(int[] pieces, int truth) {
    double[] gradient = probabilities(pieces);
    gradient[truth] -= 1;
    // Row 0 is the bias.
    step(0, gradient);
    for (int piece : pieces) {
      step(piece + 1, gradient);
    }
  }

  private void step(int row, double[] gradient) {
    for (int c = 0; c < classes; c++) {
      int at = row * classes + c;
      double slope = gradient[c] + DECAY * weights[at];
      squares[at] += (float) (slope * slope);
      weights[at] -= (float) (RATE * slope / (Math.sqrt(squares[at]) + 1e-6));
    }
  }

  private double[] probabilities(int[] pieces) {
    double[] logits = new double[classes];
    for (int c = 0; c < classes; c++) {
      logits[c] = weights[c];
      for (int piece : pieces) {
        logits[c] += weights[(piece + 1) * classes + c];
      }
    }
    double max = Arrays.stream(logits).max().orElseThrow();
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      logits[c] = Math.exp(logits[c] - max);
      sum += logits[c];
    }
    for (int c = 0; c < classes; c++) {
      logits[c] /= sum;
    }
    return logits;
  }

  /** Writes the classifier, which reads {@code input_ids} and {@code attention_mask}. */
  void write(Path file, LabelSpace labels) throws IOException {
    GraphBuilder graph = GraphBuilder.named("bag-of-words").opset(OPSET);
    for (String input : List.of("input_ids", "attention_mask")) {
      graph.input(input, ElementType.INT64, Dimension.of("batch"), Dimension.of("tokens"));
    }
    graph.output("logits", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(classes));
    graph.initializer(Tensor.float32("bias", Arrays.copyOf(weights, classes), classes));
    graph.initializer(
        Tensor.float32(
            "words",
            Arrays.copyOfRange(weights, classes, weights.length),
            weights.length / classes - 1L,
            classes));
    graph.node("Gather", List.of("words", "input_ids"), "rows", Attribute.integer("axis", 0));
    graph.node("Cast", List.of("attention_mask"), "mask", Attribute.castTo(ElementType.FLOAT32));
    graph.node("Unsqueeze", List.of("mask"), "column", Attribute.integers("axes", 2));
    graph.node("Mul", List.of("rows", "column"), "masked");
    graph.node(
        "ReduceSum",
        List.of("masked"),
        "sum",
        Attribute.integers("axes", 1),
        Attribute.integer("keepdims", 0));
    graph.node("Add", List.of("sum", "bias"), "logits");
    graph.build(Map.of("labels", String.join(",", labels.labels()))).write(file);
  }
}
