package io.distillstream.quantization.search;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.gate.LatencyRatio;
import io.distillstream.quantization.gate.Quality;
import io.distillstream.quantization.gate.QualityMeter;
import io.distillstream.quantization.gate.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The fp32 original with its answers to the evaluation samples, given once. Borrows the model. */
public final class Reference {
  private final LoadedModel original;
  private final List<LabelledSample> evaluation;
  private final List<TensorValue> answers = new ArrayList<>();

  /**
   * Lets the original answer.
   *
   * @throws InvalidModelException if it fails on a sample
   */
  public Reference(LoadedModel original, List<LabelledSample> evaluation) {
    this.original = original;
    this.evaluation = List.copyOf(evaluation);
    evaluation.forEach(sample -> answers.add(original.answer(sample.sample())));
  }

  public int samples() {
    return answers.size();
  }

  /** The first sample, of which there must be one. */
  Sample first() {
    return evaluation.get(0).sample();
  }

  /** What the answers mean; a classifier where there is none to tell. */
  public Task task() {
    return answers.isEmpty() ? Task.CLASSIFIER : Task.of(answers.get(0));
  }

  /** Quality of a candidate over the first {@code most} samples. */
  Quality compare(LoadedModel candidate, int most) {
    QualityMeter meter = new QualityMeter();
    for (int i = 0; i < Math.min(most, answers.size()); i++) {
      LabelledSample sample = evaluation.get(i);
      OptionalInt label = sample.label();
      meter.add(answers.get(i), candidate.answer(sample.sample()), label);
    }
    return meter.quality();
  }

  /** Latency of a candidate beside the original's over the first {@code most} samples. */
  LatencyRatio latency(LoadedModel candidate, int most, int rounds) {
    List<Sample> samples = evaluation.stream().limit(most).map(LabelledSample::sample).toList();
    return LatencyRatio.measure(original, candidate, samples, rounds);
  }
}
