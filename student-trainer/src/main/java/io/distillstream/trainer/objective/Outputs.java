package io.distillstream.trainer.objective;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a network gives for one batch: matrices {@code [rows, columns]} by the name of the linear
 * map that made them, {@link StudentSpec#CLASSIFIER} or one of the {@link TrainingHeads}. Whatever
 * is not finite makes the loss so.
 */
public final class Outputs {
  private final Map<String, float[][]> matrices;

  /** Keeps the order of {@code matrices}. */
  public Outputs(Map<String, float[][]> matrices) {
    this.matrices = new LinkedHashMap<>(matrices);
  }

  Set<String> names() {
    return matrices.keySet();
  }

  boolean has(String name) {
    return matrices.containsKey(name);
  }

  float[][] get(String name) {
    float[][] matrix = matrices.get(name);
    if (matrix == null) {
      throw new IllegalArgumentException("no output " + name + " among " + matrices.keySet());
    }
    return matrix;
  }

  /** The logits that the student answers with: the mean of the classifier's and the head's. */
  public float[][] deployed() {
    float[][] classifier = get(StudentSpec.CLASSIFIER);
    if (!has(TrainingHeads.DISTILLATION)) {
      return classifier;
    }
    float[][] distillation = get(TrainingHeads.DISTILLATION);
    float[][] mean = new float[classifier.length][];
    for (int row = 0; row < mean.length; row++) {
      mean[row] = classifier[row].clone();
      for (int c = 0; c < mean[row].length; c++) {
        mean[row][c] = (mean[row][c] + distillation[row][c]) / 2;
      }
    }
    return mean;
  }

  /** Those of a batch out of those of its parts, which are of the same network. */
  public static Outputs concatenated(List<Outputs> parts) {
    Map<String, float[][]> all = new LinkedHashMap<>();
    for (String name : parts.get(0).names()) {
      all.put(
          name,
          parts.stream().flatMap(part -> Arrays.stream(part.get(name))).toArray(float[][]::new));
    }
    return new Outputs(all);
  }

  /** Those of the batch's rows that are of live traffic. */
  Outputs live(TrainingBatch batch) {
    Map<String, float[][]> live = new LinkedHashMap<>();
    matrices.forEach((name, matrix) -> live.put(name, batch.live(matrix)));
    return new Outputs(live);
  }
}
