package io.distillstream.teacher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts many texts known beforehand into batches of similar length, so that little is padded. */
public final class SortedBatches {
  private SortedBatches() {}

  /**
   * The indices of {@code texts} from the shortest to the longest, in runs of {@code batchSize};
   * the last run may be shorter.
   */
  public static List<List<Integer>> of(List<TokenizedText> texts, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("Expected a batch size of at least 1, got " + batchSize);
    }
    List<Integer> order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> texts.get(i).length()))
            .toList();
    List<List<Integer>> batches = new ArrayList<>();
    for (int from = 0; from < order.size(); from += batchSize) {
      batches.add(order.subList(from, Math.min(order.size(), from + batchSize)));
    }
    return batches;
  }

  /**
   * Answers all {@code texts} in a plain loop on the calling thread: what a service around the
   * teacher is measured against.
   *
   * @return raw logits {@code [texts, classes]}, in the order of the texts
   */
  public static float[][] logits(Teacher teacher, List<String> texts, int batchSize) {
    List<TokenizedText> tokenized = texts.stream().map(teacher::tokenize).toList();
    float[][] logits = new float[texts.size()][];
    for (List<Integer> batch : of(tokenized, batchSize)) {
      float[][] answers = teacher.logits(batch.stream().map(tokenized::get).toList());
      for (int i = 0; i < answers.length; i++) {
        logits[batch.get(i)] = answers[i];
      }
    }
    return logits;
  }
}
