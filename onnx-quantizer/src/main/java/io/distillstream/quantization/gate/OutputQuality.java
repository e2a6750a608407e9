package io.distillstream.quantization.gate;

/**
 * How a candidate's answers on one output compare with the original's. A row is a vector along the
 * last axis: the logits of a text or of a token, the vector of a token, a line of an image.
 *
 * @param output its name
 * @param kind what its numbers mean
 * @param agreement share of rows with the same largest element; of whole numbers that are the same
 * @param meanCosine mean cosine of corresponding rows
 * @param rangeError what 99 of 100 rows stay within: the root mean squared error of a row over the
 *     difference between the output's largest and smallest number, in all samples
 * @param noise power of the difference over that of the original's answers
 * @param maxAbsDifference largest difference of an element; NaN where one of the two is no number
 * @param reshaped samples for which the candidate answers in another shape
 */
public record OutputQuality(
    String output,
    OutputKind kind,
    double agreement,
    double meanCosine,
    double rangeError,
    double noise,
    double maxAbsDifference,
    int reshaped) {

  /** Power of the original's answers over that of the difference, in decibel. */
  public double signalToNoise() {
    return -10 * Math.log10(noise);
  }
}
