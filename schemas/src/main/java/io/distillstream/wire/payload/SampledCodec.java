package io.distillstream.wire.payload;

import io.distillstream.avro.SampledClasses;

/** Classes drawn from a distribution, with their weights. */
public final class SampledCodec {

  private SampledCodec() {}

  /**
   * What a record holds, as it stands there: nothing says yet that indices are classes or weights
   * positive.
   *
   * @param answers the most probable class, {@code [positions]}
   * @param counts classes drawn, {@code [positions]}
   * @param indices {@code [sum of counts]}
   * @param weights {@code [sum of counts]}
   * @param logProbabilities nats, {@code [sum of counts]}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Decoded(
      int[] answers, int[] counts, int[] indices, float[] weights, float[] logProbabilities) {}

  /**
   * Encodes the draws of one position.
   *
   * @param classes of the distribution
   * @param draws how many led to these weights
   * @param answer the most probable class
   * @param indices the distinct classes drawn
   * @param weights of these
   * @param logProbabilities of these, nats
   */
  public static SampledClasses encode(
      int classes,
      int draws,
      int answer,
      int[] indices,
      float[] weights,
      float[] logProbabilities) {
    return new SampledClasses(
        classes,
        draws,
        Words.write(answer),
        Words.write(indices.length),
        Words.write(indices),
        Words.write(weights),
        Words.write(logProbabilities));
  }

  /**
   * Decodes a record.
   *
   * @throws IllegalArgumentException if a length does not fit the number of positions or the counts
   */
  public static Decoded decode(SampledClasses record, int positions) {
    int[] counts = Words.integers("Counts", record.getCounts(), positions);
    long sum = 0;
    for (int count : counts) {
      if (count < 1 || count > record.getClasses()) {
        throw new IllegalArgumentException(
            "%d of %d classes drawn".formatted(count, record.getClasses()));
      }
      sum += count;
    }
    return new Decoded(
        Words.integers("Answers", record.getAnswers(), positions),
        counts,
        Words.integers("Indices", record.getIndices(), sum),
        Words.floats("Weights", record.getWeights(), sum),
        Words.floats("Log-probabilities", record.getLogProbabilities(), sum));
  }
}
