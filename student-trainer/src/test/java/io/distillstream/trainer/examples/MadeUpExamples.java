package io.distillstream.trainer.examples;

import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.TrainingBatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Made-up examples of three classes over a vocabulary of eight. */
public final class MadeUpExamples {
  public static final int CLASSES = 3;
  public static final int VOCABULARY = 8;

  private MadeUpExamples() {}

  public static Example example(int number) {
    return example(number, number % CLASSES);
  }

  public static Example example(int number, int teachersAnswer) {
    float[] logits = new float[CLASSES];
    logits[teachersAnswer] = 2;
    return new Example(
        "request-" + number,
        new int[] {number % VOCABULARY, (number / 3) % VOCABULARY},
        logits,
        number % 2 == 0 ? number % CLASSES : TrainingBatch.UNKNOWN,
        Instant.ofEpochMilli(1_000L * number),
        Map.of("teacher", "v" + number / 100));
  }

  /** The same as no live traffic. */
  public static Example augmented(Example example) {
    return as(Origin.AUGMENTED, example);
  }

  /** The same with another origin. */
  public static Example as(Origin origin, Example example) {
    return new Example(
        example.requestId(),
        example.tokens(),
        example.target(),
        example.embedding(),
        example.truth(),
        example.passage(),
        example.teacherVersions(),
        origin);
  }

  public static List<Example> range(int from, int to) {
    List<Example> examples = new ArrayList<>();
    for (int number = from; number < to; number++) {
      examples.add(example(number));
    }
    return examples;
  }
}
