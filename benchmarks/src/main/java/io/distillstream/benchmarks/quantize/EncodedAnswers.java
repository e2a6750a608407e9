package io.distillstream.benchmarks.quantize;

import io.distillstream.model.ArgMax;
import io.distillstream.quantization.search.Progress;
import io.distillstream.teacher.encoder.ClassifierHead;
import io.distillstream.teacher.encoder.OnnxTextEncoder;
import io.distillstream.teacher.encoder.TokenizedText;
import java.util.ArrayList;
import java.util.List;

/**
 * What an encoder says of texts.
 *
 * @param vectors of length 1, by text
 * @param classes that a head sees in them
 */
record EncodedAnswers(List<float[]> vectors, List<Integer> classes) {

  /** Texts between two reports of progress. */
  private static final int CHUNK = 200;

  /**
   * One text at a time, as each would be asked alone; several at the same time, on all processors.
   *
   * @param encoder with one thread of its own
   * @param progress told under {@code name}, by the calling thread
   */
  static EncodedAnswers of(
      OnnxTextEncoder encoder,
      ClassifierHead head,
      List<TokenizedText> texts,
      String name,
      Progress progress) {
    List<float[]> vectors = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += CHUNK) {
      progress.at("answers of " + name, from, texts.size());
      List<TokenizedText> chunk = texts.subList(from, Math.min(from + CHUNK, texts.size()));
      vectors.addAll(chunk.parallelStream().map(text -> encoder.encode(List.of(text))[0]).toList());
    }
    return new EncodedAnswers(
        vectors, vectors.stream().map(vector -> ArgMax.of(head.logits(vector))).toList());
  }

  double meanCosine(EncodedAnswers other) {
    double sum = 0;
    for (int t = 0; t < vectors.size(); t++) {
      float[] a = vectors.get(t);
      float[] b = other.vectors.get(t);
      for (int i = 0; i < a.length; i++) {
        sum += (double) a[i] * b[i];
      }
    }
    return sum / vectors.size();
  }

  double agreement(EncodedAnswers other) {
    return MeasuredModel.agreement(classes, other.classes);
  }

  /** Share of texts whose class is the given one. */
  double accuracy(List<Integer> truth) {
    return MeasuredModel.agreement(classes, truth);
  }

  /** How much more often these are right than others. */
  PairedDifference over(EncodedAnswers other, List<Integer> truth) {
    return PairedDifference.of(classes, other.classes, truth);
  }
}
