package io.distillstream.teacher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Cuts many texts known beforehand into batches of similar size, so that little is padded. */
public final class SortedBatches {
  private SortedBatches() {}

  /**
   * The indices of {@code sizes} from the smallest to the largest, in runs of {@code batchSize};
   * the last run may be shorter.
   */
  public static List<List<Integer>> of(int[] sizes, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("Expected a batch size of at least 1, got " + batchSize);
    }
    List<Integer> order =
        IntStream.range(0, sizes.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> sizes[i]))
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
   * @return in the order of the texts
   */
  public static List<TeacherAnswer> answers(Teacher teacher, List<String> texts, int batchSize) {
    int[] sizes = texts.stream().mapToInt(teacher::size).toArray();
    TeacherAnswer[] answers = new TeacherAnswer[sizes.length];
    for (List<Integer> batch : of(sizes, batchSize)) {
      List<TeacherAnswer> said = teacher.answers(batch.stream().map(texts::get).toList());
      for (int i = 0; i < said.size(); i++) {
        answers[batch.get(i)] = said.get(i);
      }
    }
    return Collections.unmodifiableList(Arrays.asList(answers));
  }

  /**
   * As {@link #answers}, without embeddings.
   *
   * @return raw logits {@code [texts, classes]}, in the order of the texts
   */
  public static float[][] logits(Teacher teacher, List<String> texts, int batchSize) {
    return answers(teacher, texts, batchSize).stream()
        .map(TeacherAnswer::logits)
        .toArray(float[][]::new);
  }
}
