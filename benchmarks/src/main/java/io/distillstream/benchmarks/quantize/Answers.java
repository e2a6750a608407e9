package io.distillstream.benchmarks.quantize;

import io.distillstream.local.wordnet.LabelledText;
import io.distillstream.model.ArgMax;
import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.TokenizedText;
import io.distillstream.teacher.encoder.ClassifierHead;
import io.distillstream.teacher.encoder.OnnxTextEncoder;
import java.util.ArrayList;
import java.util.List;

/**
 * What an encoder says of texts.
 *
 * @param vectors of length 1, by text
 * @param classes that a head sees in them
 */
record Answers(List<float[]> vectors, List<Integer> classes) {

  /** One text at a time, as each would be asked alone. */
  static Answers of(OnnxTextEncoder encoder, ClassifierHead head, List<TokenizedText> texts) {
    List<float[]> vectors = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    for (TokenizedText text : texts) {
      float[] vector = encoder.encode(List.of(text))[0];
      vectors.add(vector);
      classes.add(ArgMax.of(head.logits(vector)));
    }
    return new Answers(vectors, classes);
  }

  double meanCosine(Answers other) {
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

  double agreement(Answers other) {
    return Candidate.agreement(classes, other.classes);
  }

  double accuracy(List<LabelledText> truth, LabelSpace labels) {
    return Candidate.agreement(
        classes, truth.stream().map(text -> labels.indexOf(text.label())).toList());
  }
}
