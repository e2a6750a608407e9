package io.distillstream.quantization.search;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.gate.LatencyRatio;
import io.distillstream.quantization.gate.OutputKind;
import io.distillstream.quantization.gate.OutputKinds;
import io.distillstream.quantization.gate.OutputQuality;
import io.distillstream.quantization.gate.Quality;
import io.distillstream.quantization.gate.QualityMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The fp32 original with its answers to the evaluation samples, given once. Borrows the model. */
public final class Reference {
  private final LoadedModel original;
  private final List<LabelledSample> evaluation;
  private final List<Map<String, TensorValue>> answers = new ArrayList<>();
  private final Map<String, OutputKind> kinds;

  /**
   * Lets the original answer.
   *
   * @param model that {@code original} runs
   * @throws InvalidModelException if it fails on a sample, or does not answer the same twice
   */
  public Reference(OnnxModel model, LoadedModel original, List<LabelledSample> evaluation) {
    this.original = original;
    this.evaluation = List.copyOf(evaluation);
    evaluation.forEach(sample -> answers.add(original.run(sample.sample())));
    kinds = answers.isEmpty() ? Map.of() : OutputKinds.of(model, answers.get(0));
    if (!answers.isEmpty()) {
      checkRepeatable();
    }
  }

  private void checkRepeatable() {
    QualityMeter meter = new QualityMeter(kinds);
    meter.add(answers.get(0), original.run(first()), OptionalInt.empty());
    for (OutputQuality output : meter.quality().outputs()) {
      if (output.reshaped() > 0 || !(output.rangeError() < 1e-3)) {
        throw new InvalidModelException(
            "Output %s differs from one call to the next on the same sample, so no candidate can be judged by it; accepted are models without random numbers, or samples for which they have no effect"
                .formatted(output.output()));
      }
    }
  }

  public int samples() {
    return answers.size();
  }

  /** The first sample, of which there must be one. */
  Sample first() {
    return evaluation.get(0).sample();
  }

  /** Quality of a candidate over the first {@code most} samples. */
  Quality compare(LoadedModel candidate, int most) {
    QualityMeter meter = new QualityMeter(kinds);
    for (int i = 0; i < Math.min(most, answers.size()); i++) {
      LabelledSample sample = evaluation.get(i);
      OptionalInt label = sample.label();
      meter.add(answers.get(i), candidate.run(sample.sample()), label);
    }
    return meter.quality();
  }

  /** Latency of a candidate beside the original's over the first {@code most} samples. */
  LatencyRatio latency(LoadedModel candidate, int most, int rounds, double largestP95) {
    List<Sample> samples = evaluation.stream().limit(most).map(LabelledSample::sample).toList();
    return LatencyRatio.measure(original, candidate, samples, rounds, largestP95);
  }
}
