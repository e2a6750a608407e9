package io.distillstream.trainer.memory;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.loss.DenseTarget;

/** Examples that are told apart by a number, in their only token. */
final class Numbered {
  static final int CLASSES = 4;

  private Numbered() {}

  /** Labelled by its number. */
  static Remembered example(int number) {
    return example(number, number % CLASSES);
  }

  static Remembered example(int number, int label) {
    float[] logits = new float[CLASSES];
    logits[label] = 1;
    return new Remembered(
        new int[] {number}, new DenseTarget(logits), new float[0], TrainingBatch.UNKNOWN);
  }

  static int number(Remembered example) {
    return example.tokens()[0];
  }

  static MemoryPlan plan(MemoryPolicy policy, int examples) {
    return plan(policy, examples, 1_000_000);
  }

  static MemoryPlan plan(MemoryPolicy policy, int examples, long bytes) {
    return new MemoryPlan(policy, examples, bytes, 100);
  }

  static ExampleMemory empty(MemoryPlan plan, long seed) {
    return new ExampleMemory(plan, seed, MemoryState.NONE);
  }

  /** A memory that was offered the numbers below {@code count}. */
  static ExampleMemory filled(MemoryPlan plan, long seed, int count) {
    ExampleMemory memory = empty(plan, seed);
    for (int number = 0; number < count; number++) {
      memory.offer(example(number));
    }
    return memory;
  }
}
