package io.distillstream.quantization.search;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.PrecisionPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each layer costs in each precision: measured in the answers, or estimated from gradients.
 *
 * <p>By answers: a model with one layer quantized and all others as they came answers some samples;
 * the error is the power of the difference over that of the answers, the mean over all outputs.
 *
 * <p>By gradients: where the trainer gave the mean squared gradient of its loss by each weight of a
 * layer, the error is that times the squared error of the weights, the diagonal of the empirical
 * Fisher information as curvature (after LeCun, Denker and Solla 1990, "Optimal brain damage").
 * That needs no run, and sees nothing of quantized activations. The two are in unlike units, so
 * gradients count only where every layer has one.
 */
public final class LayerErrors {
  private final GraphQuantizer graph;
  private final Reference reference;
  private final LoadedModel.Loader loader;
  private final Map<String, Double> squaredGradients;
  private final int samples;
  private final Progress progress;
  private final Map<Sensitivity.Key, Sensitivity> known = new LinkedHashMap<>();

  /**
   * @param squaredGradients mean by layer's name; if it lacks one, all are measured by answers
   * @param samples answers to compare per layer
   */
  public LayerErrors(
      GraphQuantizer graph,
      Reference reference,
      LoadedModel.Loader loader,
      Map<String, Double> squaredGradients,
      int samples,
      Progress progress) {
    this.graph = graph;
    this.reference = reference;
    this.loader = loader;
    this.squaredGradients =
        graph.layers().all().stream().map(Layer::name).allMatch(squaredGradients::containsKey)
            ? Map.copyOf(squaredGradients)
            : Map.of();
    this.samples = samples;
    this.progress = progress;
  }

  /** Every layer's rungs on this ladder with sizes and errors, the smallest first. */
  Map<String, List<Climb.Rung>> rungs(Ladder ladder) {
    Map<String, List<Climb.Rung>> all = new LinkedHashMap<>();
    Map<String, List<Layer>> byName = LayerGroups.byName(graph.layers().all());
    int done = 0;
    for (Map.Entry<String, List<Layer>> layers : byName.entrySet()) {
      List<Precision> precisions = ladder.rungs(graph.precisions(layers.getValue().get(0)));
      if (precisions.size() > 1) {
        all.put(layers.getKey(), rungs(layers.getKey(), layers.getValue(), precisions));
      }
      progress.at("sensitivity of layers, " + ladder.text(), ++done, byName.size());
    }
    return all;
  }

  /** Measures every layer on this ladder, as far as that is not done yet. */
  public void measureAll(Ladder ladder) {
    progress.at("layers measured on " + ladder.text(), rungs(ladder).size(), 0);
  }

  /** All that was found so far. */
  public List<Sensitivity> known() {
    return List.copyOf(known.values());
  }

  private List<Climb.Rung> rungs(String name, List<Layer> layers, List<Precision> precisions) {
    List<Climb.Rung> rungs = new ArrayList<>();
    for (Precision precision : precisions) {
      long bytes = layers.stream().mapToLong(layer -> graph.bytes(layer, precision)).sum();
      rungs.add(
          new Climb.Rung(precision, bytes, error(name, layers, precision, precisions.get(0))));
    }
    return rungs;
  }

  private double error(String name, List<Layer> layers, Precision precision, Precision smallest) {
    return switch (precision) {
      case FP32 -> 0;
      case FP16 ->
          precision == smallest
              ? measured(name, layers, precision)
              : proportional(name, layers, smallest);
      case INT8_DYNAMIC, INT8_STATIC, INT8_WEIGHTS, INT4_WEIGHTS ->
          measured(name, layers, precision);
    };
  }

  /** Half width is too exact to be measured well: its share of the error of the weights. */
  private double proportional(String name, List<Layer> layers, Precision smallest) {
    double coarse = weightError(layers, smallest);
    return coarse == 0
        ? 0
        : measured(name, layers, smallest) * weightError(layers, Precision.FP16) / coarse;
  }

  private double measured(String name, List<Layer> layers, Precision precision) {
    return known
        .computeIfAbsent(
            new Sensitivity.Key(name, precision),
            key -> new Sensitivity(key, findError(name, layers, precision)))
        .error();
  }

  private double findError(String name, List<Layer> layers, Precision precision) {
    Double squaredGradient = squaredGradients.get(name);
    if (squaredGradient != null) {
      return squaredGradient * weightError(layers, precision);
    }
    PrecisionPlan alone = PrecisionPlan.FP32.with(name, precision);
    try (LoadedModel model = loader.load(graph.apply(alone))) {
      return reference.compare(model, samples).noise();
    } catch (InvalidModelException e) {
      // The engine refuses the layer so: whatever takes it off this rung comes first.
      return Double.POSITIVE_INFINITY;
    }
  }

  private double weightError(List<Layer> layers, Precision precision) {
    return layers.stream().mapToDouble(layer -> graph.weightError(layer, precision)).sum();
  }
}
