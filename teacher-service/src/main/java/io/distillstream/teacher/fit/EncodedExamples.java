package io.distillstream.teacher.fit;

import io.distillstream.model.ArgMax;
import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.encoder.ClassifierHead;
import io.distillstream.teacher.encoder.OnnxTextEncoder;
import io.distillstream.teacher.encoder.TokenizedText;
import java.util.List;
import java.util.function.Consumer;

/** Labelled texts as vectors. Holds references to the rows; they are never changed. */
final class EncodedExamples {
  private final LabelSpace labels;
  private final float[][] vectors;
  private final int[] classes;

  private EncodedExamples(LabelSpace labels, float[][] vectors, int[] classes) {
    this.labels = labels;
    this.vectors = vectors;
    this.classes = classes;
  }

  /** Encodes {@code examples} sorted by length, and tells how far it is. */
  static EncodedExamples encode(
      OnnxTextEncoder encoder,
      List<LabelledExample> examples,
      LabelSpace labels,
      int batchSize,
      Consumer<String> progress) {
    List<TokenizedText> texts =
        examples.stream().map(example -> encoder.tokenize(example.text())).toList();
    int[] sizes = texts.stream().mapToInt(TokenizedText::length).toArray();
    EncodingProgress soFar = new EncodingProgress(texts, progress);
    float[][] vectors = new float[texts.size()][];
    for (List<Integer> batch : SortedBatches.of(sizes, batchSize)) {
      List<TokenizedText> chosen = batch.stream().map(texts::get).toList();
      float[][] rows = encoder.encode(chosen);
      for (int i = 0; i < rows.length; i++) {
        vectors[batch.get(i)] = rows[i];
      }
      soFar.add(chosen);
    }
    int[] classes =
        examples.stream().mapToInt(example -> labels.indexOf(example.label())).toArray();
    return new EncodedExamples(labels, vectors, classes);
  }

  LabelSpace labels() {
    return labels;
  }

  int size() {
    return vectors.length;
  }

  int width() {
    return vectors[0].length;
  }

  /** {@code [examples, width]}. */
  float[][] vectors() {
    return vectors;
  }

  /** Index of each example's label, {@code [examples]}. */
  int[] classes() {
    return classes;
  }

  EncodedExamples select(List<Integer> indices) {
    return new EncodedExamples(
        labels,
        indices.stream().map(i -> vectors[i]).toArray(float[][]::new),
        indices.stream().mapToInt(i -> classes[i]).toArray());
  }

  /** The share of these examples whose largest logit is that of their label. */
  double accuracy(ClassifierHead head) {
    int right = 0;
    for (int i = 0; i < vectors.length; i++) {
      if (ArgMax.of(head.logits(vectors[i])) == classes[i]) {
        right++;
      }
    }
    return (double) right / vectors.length;
  }
}
