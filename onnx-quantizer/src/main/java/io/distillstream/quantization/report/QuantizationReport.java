package io.distillstream.quantization.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One quantization from source to decision, as plain values. Ratios are over the fp32 original;
 * sizes are bytes, latencies microseconds.
 *
 * @param source the model that came in
 * @param data what it was calibrated and judged on
 * @param settings that were in force, as text
 * @param optimization passes over the graph that changed something
 * @param memory weights and activations, where they were planned
 * @param candidates every one that was judged
 * @param decision what was chosen, or why nothing was
 * @param layers every layer that could be held in fewer bits
 * @param activations every calibrated tensor
 * @param notes what a reader should know besides
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record QuantizationReport(
    Source source,
    Data data,
    Map<String, String> settings,
    List<Pass> optimization,
    List<Memory> memory,
    List<Candidate> candidates,
    Decision decision,
    List<LayerRow> layers,
    List<ActivationRow> activations,
    List<String> notes) {

  public QuantizationReport {
    optimization = List.copyOf(optimization);
    memory = List.copyOf(memory);
    candidates = List.copyOf(candidates);
    layers = List.copyOf(layers);
    activations = List.copyOf(activations);
    notes = List.copyOf(notes);
  }

  /** The model that came in. */
  public record Source(
      String name, String sha256, long bytes, long opset, int nodes, long parameters) {}

  /**
   * Samples and where they came from.
   *
   * @param calibration samples that activations were watched on
   * @param evaluation samples that candidates were judged on
   * @param labelled of these, how many had a label
   * @param origin of both
   */
  public record Data(long calibration, int evaluation, int labelled, String origin) {}

  /** A pass over the graph and how often it found something. */
  public record Pass(String name, int applied) {}

  /** Memory of one graph on one sample. */
  public record Memory(String graph, long weightBytes, long peakActivationBytes, String peakAt) {}

  /**
   * A judged candidate.
   *
   * @param scheme ladder of precisions it was found on
   * @param precisions how many layers are held in which precision
   * @param samples it was judged on; none if the engine refuses it
   * @param agreement the least of the outputs that are judged by it, or of all if none is; so are
   *     the measures that follow, the worst of those outputs
   * @param outputs each on its own
   * @param foreignOperators how many nodes the file has of each operator outside of ONNX's default
   *     domain, as {@code com.microsoft.QAttention}
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Candidate(
      String scheme,
      Map<String, Long> precisions,
      Map<String, Long> foreignOperators,
      long bytes,
      double sizeRatio,
      int samples,
      OptionalDouble agreement,
      OptionalDouble meanCosine,
      OptionalDouble rangeError,
      OptionalDouble maxAbsDifference,
      OptionalDouble signalToNoise,
      List<OutputRow> outputs,
      OptionalDouble accuracyOfOriginal,
      OptionalDouble accuracyOfCandidate,
      OptionalDouble medianMicros,
      OptionalDouble p95Micros,
      OptionalDouble medianRatio,
      OptionalDouble p95Ratio,
      OptionalDouble memoryRatio,
      List<String> violations,
      List<String> warnings,
      boolean chosen) {}

  /**
   * A candidate's answers on one output.
   *
   * @param kind what its numbers are taken for: scores, vectors, values or indices
   * @param agreement share of rows with the same largest element, of indices that are the same
   * @param rangeError error that 99 of 100 rows stay within, over the range of the output
   * @param signalToNoise decibel; infinite where nothing differs
   * @param reshaped samples for which the candidate answers in another shape
   */
  public record OutputRow(
      String output,
      String kind,
      double agreement,
      double meanCosine,
      double rangeError,
      double maxAbsDifference,
      double signalToNoise,
      int reshaped) {}

  /** What came of it. */
  public record Decision(boolean passed, String scheme, String reason) {}

  /**
   * A layer.
   *
   * @param use what the graph does with its constant
   * @param shape inner length and outputs
   * @param precision it is held in now
   * @param bytes then, and in fp32
   * @param leastScale of its scales; 0 where it has none
   * @param greatestScale of its scales
   * @param weightError square root of the mean squared error of its weights
   * @param weightSignalToNoise power of its weights over that of the error, decibel; infinite in
   *     fp32
   * @param sensitivity power of the difference over that of the answers with this layer alone held
   *     so, by precision
   */
  public record LayerRow(
      String name,
      String use,
      String shape,
      String precision,
      long bytes,
      long fp32Bytes,
      double leastWeight,
      double greatestWeight,
      double leastScale,
      double greatestScale,
      double weightError,
      double weightSignalToNoise,
      Map<String, Double> sensitivity) {}

  /**
   * A calibrated tensor.
   *
   * @param least of the range that was chosen, and of all values seen
   * @param greatest likewise
   * @param scale of its 8-bit form
   * @param error square root of the mean squared error of that form
   */
  public record ActivationRow(
      String name,
      String method,
      double least,
      double greatest,
      double leastSeen,
      double greatestSeen,
      double scale,
      int zeroPoint,
      double error) {}
}
