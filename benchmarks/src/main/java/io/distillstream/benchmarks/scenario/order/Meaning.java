package io.distillstream.benchmarks.scenario.order;

import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.loss.DenseTarget;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What label each label has become: a teacher that changed its mind.
 *
 * @param renamed by label
 */
public record Meaning(List<Integer> renamed) {
  public Meaning {
    renamed = List.copyOf(renamed);
  }

  /** Every label as it was. */
  public static Meaning same(int classes) {
    return new Meaning(IntStream.range(0, classes).boxed().toList());
  }

  /** Every label has become another one: a random cycle over all of them. */
  public static Meaning permuted(int classes, Random random) {
    List<Integer> cycle = new ArrayList<>(same(classes).renamed);
    Collections.shuffle(cycle, random);
    Integer[] renamed = new Integer[classes];
    for (int i = 0; i < classes; i++) {
      renamed[cycle.get(i)] = cycle.get((i + 1) % classes);
    }
    return new Meaning(List.of(renamed));
  }

  public int of(int label) {
    return renamed.get(label);
  }

  /** The record with truth and teacher's logits renamed. */
  public Example of(Example record) {
    float[] before = ((DenseTarget) record.target()).logits();
    float[] logits = new float[before.length];
    for (int label = 0; label < before.length; label++) {
      logits[of(label)] = before[label];
    }
    return new Example(
        record.requestId(),
        record.tokens(),
        logits,
        of(record.truth()),
        record.receivedAt(),
        record.teacherVersions());
  }
}
