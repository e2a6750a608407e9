package io.distillstream.quantization;

import io.distillstream.model.ModelMetadata;
import io.distillstream.model.quantization.SquaredGradients;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.CalibrationState;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.optimize.Optimization;
import io.distillstream.quantization.optimize.memory.MemoryPlan;
import io.distillstream.quantization.search.Attempt;
import io.distillstream.quantization.search.Choice;
import io.distillstream.quantization.search.Sensitivity;
import io.distillstream.quantization.signedness.SignednessChoice;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that was quantized, or was tried to be, and all that was found on the way.
 *
 * @param settings that were in force
 * @param original as it came in
 * @param optimization what was done to its graph first
 * @param signedness in which form 8-bit weights are written, where that was tried
 * @param graph the layers of what was quantized
 * @param calibration what was observed of its activations
 * @param memory that each stage of the graph needs for a sample, in their order
 * @param attempts every candidate that was judged
 * @param sensitivities of layers, as far as they were measured
 * @param choice among the attempts
 */
public record Quantization(
    QuantizationSettings settings,
    OnnxModel original,
    Optional<Optimization> optimization,
    Optional<SignednessChoice> signedness,
    GraphQuantizer graph,
    Optional<CalibrationState> calibration,
    Map<String, MemoryPlan> memory,
    List<Attempt> attempts,
    List<Sensitivity> sensitivities,
    Choice choice) {
  private static final String PROVENANCE = ModelMetadata.PREFIX + "provenance.quantization-";

  public Quantization {
    memory = Collections.unmodifiableMap(new LinkedHashMap<>(memory));
    attempts = List.copyOf(attempts);
    sensitivities = List.copyOf(sensitivities);
  }

  /** The best candidate's file, whose metadata say what was done to which model. */
  public OnnxModel artifact() {
    Map<String, String> metadata = new LinkedHashMap<>(choice.best().artifact().metadata());
    metadata.remove(SquaredGradients.KEY);
    metadata.put(PROVENANCE + "scheme", choice.best().describe());
    metadata.put(PROVENANCE + "source-sha256", original.sha256());
    return choice.best().artifact().withMetadata(metadata);
  }
}
