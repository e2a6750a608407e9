package io.distillstream.quantization.gate;

import java.util.OptionalDouble;

/**
 * How a candidate's answers compare with the original's on the same samples. A row is a vector
 * along the last axis of an answer: the logits of a text, the vector of a token.
 *
 * @param samples compared
 * @param agreement share of rows with the same largest element
 * @param meanCosine mean cosine of corresponding rows
 * @param meanSquaredError of all elements
 * @param maxAbsDifference largest difference of an element; NaN if one is not a number
 * @param signalToNoise power of the original's answers over that of the difference, in decibel
 * @param labelled how many of the samples had a label
 * @param accuracyOfOriginal share of labelled samples that the original classifies right
 * @param accuracyOfCandidate the same of the candidate
 */
public record Quality(
    int samples,
    double agreement,
    double meanCosine,
    double meanSquaredError,
    double maxAbsDifference,
    double signalToNoise,
    int labelled,
    OptionalDouble accuracyOfOriginal,
    OptionalDouble accuracyOfCandidate) {

  /** Accuracy that the candidate lost; empty without labels. */
  public OptionalDouble accuracyDrop() {
    return accuracyOfOriginal.isPresent() && accuracyOfCandidate.isPresent()
        ? OptionalDouble.of(accuracyOfOriginal.getAsDouble() - accuracyOfCandidate.getAsDouble())
        : OptionalDouble.empty();
  }
}
