package io.distillstream.wire.payload;

import io.distillstream.avro.TopKLogits;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The k largest logits and the log-mass of the rest. Logits are rounded to binary16. */
public final class TopKCodec {

  private TopKCodec() {}

  /**
   * What a record holds, as it stands there: nothing says yet that indices are classes or logits
   * fall.
   *
   * @param indices row-major {@code [positions, k]}
   * @param logits row-major {@code [positions, k]}, finite
   * @param tailLogMass {@code [positions]}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Decoded(int[] indices, float[] logits, float[] tailLogMass) {}

  /**
   * Keeps the k largest logits of one position; of equals those of lower index.
   *
   * @param logits {@code [classes]}, finite
   * @param k from 1 to the number of classes
   */
  public static TopKLogits encode(float[] logits, int k) {
    if (k < 1 || k > logits.length) {
      throw new IllegalArgumentException(
          "The largest %d of %d logits were asked for".formatted(k, logits.length));
    }
    int[] order =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparing((Integer c) -> -logits[c]))
            .mapToInt(Integer::intValue)
            .toArray();
    float[] largest = new float[k];
    for (int i = 0; i < k; i++) {
      largest[i] = logits[order[i]];
      if (!Float.isFinite(largest[i])) {
        throw new IllegalArgumentException("Logit of class " + order[i] + " is " + largest[i]);
      }
    }
    return encode(logits.length, Arrays.copyOf(order, k), largest, logMass(logits, order, k));
  }

  /**
   * Writes what is known of one position.
   *
   * @param classes of the distribution
   * @param indices the k classes, in falling order of logit
   * @param largest their logits, finite
   * @param tailLogMass log of the sum of exp(logit) over all other classes
   */
  public static TopKLogits encode(int classes, int[] indices, float[] largest, float tailLogMass) {
    return new TopKLogits(
        classes,
        indices.length,
        Words.write(indices),
        Halves.write(largest),
        Words.write(tailLogMass));
  }

  /** Minus infinity for an empty tail. */
  private static float logMass(float[] logits, int[] order, int from) {
    if (from == order.length) {
      return Float.NEGATIVE_INFINITY;
    }
    double max = logits[order[from]];
    double sum = 0;
    for (int i = from; i < order.length; i++) {
      sum += Math.exp(logits[order[i]] - max);
    }
    return (float) (max + Math.log(sum));
  }

  /**
   * Decodes a record.
   *
   * @throws IllegalArgumentException if k is not from 1 to the number of classes, a length does not
   *     fit the number of positions, or a logit is not finite
   */
  public static Decoded decode(TopKLogits record, int positions) {
    int k = record.getK();
    if (k < 1 || k > record.getClasses()) {
      throw new IllegalArgumentException(
          "Top-k logits keep %d of %d classes".formatted(k, record.getClasses()));
    }
    long values = (long) positions * k;
    return new Decoded(
        Words.integers("Indices", record.getIndices(), values),
        Halves.read("Logits", record.getLogits(), values),
        Words.floats("Tail masses", record.getTailLogMass(), positions));
  }
}
