package io.distillstream.quantization.gate;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * How a candidate's answers compare with the original's on the same samples.
 *
 * @param samples compared
 * @param outputs of the model, each on its own; none where nothing was compared
 * @param labelled how many of the samples had a label
 * @param accuracyOfOriginal share of labelled samples that the original classifies right
 * @param accuracyOfCandidate the same of the candidate
 */
public record Quality(
    int samples,
    List<OutputQuality> outputs,
    int labelled,
    OptionalDouble accuracyOfOriginal,
    OptionalDouble accuracyOfCandidate) {

  /** Of a candidate that gave no answers. */
  public static final Quality UNKNOWN =
      new Quality(0, List.of(), 0, OptionalDouble.empty(), OptionalDouble.empty());

  public Quality {
    outputs = List.copyOf(outputs);
  }

  /** The least of the outputs that are judged by it, or of all if none is; 0 without any. */
  public double agreement() {
    return judged(kind -> kind.agrees(), OutputQuality::agreement).min().orElse(0);
  }

  /** The least mean cosine of the outputs that hold vectors, or of all if none does. */
  public double meanCosine() {
    return judged(kind -> kind == OutputKind.VECTORS, OutputQuality::meanCosine).min().orElse(0);
  }

  /** The largest error over an output's range, of those that are judged by it or else of all. */
  public double rangeError() {
    return judged(OutputKind::keepsNumbers, OutputQuality::rangeError)
        .max()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** The largest difference of an element; NaN if one is no number. */
  public double maxAbsDifference() {
    return outputs.stream().mapToDouble(OutputQuality::maxAbsDifference).max().orElse(0);
  }

  /** Power of the difference over that of the original's answers, the mean over the outputs. */
  public double noise() {
    return outputs.stream()
        .mapToDouble(OutputQuality::noise)
        .average()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** Power of the original's answers over that of the difference, in decibel. */
  public double signalToNoise() {
    return -10 * Math.log10(noise());
  }

  /** Accuracy that the candidate lost; empty without labels. */
  public OptionalDouble accuracyDrop() {
    return accuracyOfOriginal.isPresent() && accuracyOfCandidate.isPresent()
        ? OptionalDouble.of(accuracyOfOriginal.getAsDouble() - accuracyOfCandidate.getAsDouble())
        : OptionalDouble.empty();
  }

  private DoubleStream judged(Predicate<OutputKind> by, ToDoubleFunction<OutputQuality> measure) {
    boolean some = outputs.stream().anyMatch(output -> by.test(output.kind()));
    return outputs.stream().filter(output -> !some || by.test(output.kind())).mapToDouble(measure);
  }
}
