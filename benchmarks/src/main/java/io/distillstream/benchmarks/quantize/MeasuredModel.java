package io.distillstream.benchmarks.quantize;

import io.distillstream.model.ArgMax;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.search.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * A model to measure.
 *
 * @param name of the row
 * @param model what a device gets
 */
record MeasuredModel(String name, OnnxModel model) {

  /** The original, and every candidate that was tried, whether or not it passed. */
  static List<MeasuredModel> of(Quantization made) {
    List<MeasuredModel> all = new ArrayList<>(List.of(new MeasuredModel("fp32", made.original())));
    for (Attempt attempt : made.attempts()) {
      all.add(of(attempt));
    }
    return all;
  }

  /** Named after its scheme and how many layers are held how. */
  private static MeasuredModel of(Attempt attempt) {
    String layers =
        attempt.layers().entrySet().stream()
            .map(held -> held.getValue() + " " + held.getKey().text())
            .collect(Collectors.joining(", "));
    return new MeasuredModel(
        "%s (%s)".formatted(attempt.ladder().text(), layers), attempt.artifact());
  }

  /** Times all of them on the same samples, in turns. */
  static Turns time(List<MeasuredModel> candidates, List<Sample> samples, int threads, int rounds) {
    List<LoadedModel> loaded = new ArrayList<>();
    try {
      for (MeasuredModel candidate : candidates) {
        loaded.add(candidate.load(threads));
      }
      List<IntConsumer> calls = new ArrayList<>();
      loaded.forEach(model -> calls.add(i -> model.run(samples.get(i))));
      return Turns.of(calls, samples.size(), rounds);
    } finally {
      loaded.forEach(LoadedModel::close);
    }
  }

  /** Index of the largest logit of each sample, one at a time. */
  List<Integer> classes(List<Sample> samples) {
    try (LoadedModel loaded = OnnxRuntimeModel.load(model)) {
      return samples.stream().map(sample -> ArgMax.of(loaded.answer(sample).floats())).toList();
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // The caller closes all of them.
  private LoadedModel load(int threads) {
    return OnnxRuntimeModel.load(model, threads);
  }

  /** Share of places at which both lists hold the same. */
  static double agreement(List<Integer> a, List<Integer> b) {
    int same = 0;
    for (int i = 0; i < a.size(); i++) {
      same += a.get(i).equals(b.get(i)) ? 1 : 0;
    }
    return (double) same / a.size();
  }
}
