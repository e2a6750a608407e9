package io.distillstream.quantization;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.calibrate.ActivationSnapshot;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.scheme.GraphQuantizer;
import io.distillstream.quantization.scheme.Layer;
import io.distillstream.quantization.scheme.Layer.Use;
import io.distillstream.quantization.scheme.SchemeOptions;
import io.distillstream.quantization.scheme.SignednessTrial;
import io.distillstream.quantization.weights.ProductSample;
import io.distillstream.quantization.weights.SignednessChoice;
import io.distillstream.quantization.weights.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What has to be known of single activations before weights are rounded: which form the target
 * wants them in, and the means for correcting biases.
 */
final class WeightPreparation {
  /** Enough kinds of layers for a choice, few enough to time them all. */
  private static final int MOST_PRODUCTS = 6;

  /** Longer products tell nothing new and take long to emulate. */
  private static final long MOST_WEIGHTS = 1 << 20;

  private final GraphQuantizer graph;
  private final ActivationSnapshot snapshot;

  private WeightPreparation(GraphQuantizer graph, ActivationSnapshot snapshot) {
    this.graph = graph;
    this.snapshot = snapshot;
  }

  /**
   * What was found.
   *
   * @param options with form and means as found
   * @param signedness where it was tried
   */
  record Prepared(SchemeOptions options, Optional<SignednessChoice> signedness) {}

  /**
   * Looks at the model on some samples.
   *
   * @param target whose form of weights is to be found; empty: that of the options stays
   */
  static Prepared prepare(
      OnnxModel model,
      List<Sample> samples,
      SchemeOptions options,
      Optional<Target> target,
      boolean means,
      LoadedModel.Loader loader) {
    if (samples.isEmpty() || (target.isEmpty() && !means)) {
      return new Prepared(
          target.map(known -> options.with(known.safeForm())).orElse(options), Optional.empty());
    }
    GraphQuantizer graph = new GraphQuantizer(model, new ActivationRanges(Map.of()), options);
    // Products are tried on one sample; means want many.
    List<Sample> seen = means ? samples : samples.subList(0, 1);
    WeightPreparation preparation =
        new WeightPreparation(graph, ActivationSnapshot.of(model, activations(graph), seen));
    SchemeOptions prepared = means ? options.withMeans(preparation.means()) : options;
    List<ProductSample> products = target.isPresent() ? preparation.products() : List.of();
    if (products.isEmpty()) {
      return new Prepared(
          target.map(known -> prepared.with(known.safeForm())).orElse(prepared), Optional.empty());
    }
    SignednessChoice choice = new SignednessTrial(loader).choose(target.orElseThrow(), products);
    return new Prepared(prepared.with(choice.form()), Optional.of(choice));
  }

  private static Set<String> activations(GraphQuantizer graph) {
    Set<String> tensors = new LinkedHashSet<>();
    for (Layer layer : graph.layers()) {
      if (layer.use().isProduct() || layer.use() == Use.CONVOLUTION) {
        tensors.addAll(graph.activations(layer));
      }
    }
    return tensors;
  }

  private Map<String, float[]> means() {
    Map<String, float[]> means = new LinkedHashMap<>();
    for (Layer layer : graph.layers()) {
      int axis = layer.use() == Use.CONVOLUTION ? 1 : -1;
      for (String tensor : graph.activations(layer)) {
        float[] found = snapshot.channelMeans(tensor, axis);
        if (found.length > 0 && layer.use() != Use.TABLE) {
          means.put(tensor, found);
        }
      }
    }
    return means;
  }

  /** Products of the largest layers that are not too large. */
  private List<ProductSample> products() {
    List<Layer> largest =
        graph.layers().stream()
            .filter(layer -> layer.use().isProduct() && layer.elements() <= MOST_WEIGHTS)
            .sorted(Comparator.comparingLong(Layer::elements).reversed())
            .limit(MOST_PRODUCTS)
            .toList();
    List<ProductSample> products = new ArrayList<>();
    for (Layer layer : largest) {
      for (TensorValue x :
          snapshot.of(graph.activations(layer).get(0)).stream().limit(1).toList()) {
        products.add(graph.product(layer, x.floats()));
      }
    }
    return products;
  }
}
