package io.distillstream.quantization;

import io.distillstream.quantization.calibrate.ActivationSnapshot;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Layer.Use;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.signedness.ProductSample;
import io.distillstream.quantization.signedness.SignednessChoice;
import io.distillstream.quantization.signedness.SignednessTrial;
import io.distillstream.quantization.signedness.TargetProcessor;
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

  private final QuantizableLayers layers;
  private final ActivationSnapshot snapshot;

  private WeightPreparation(QuantizableLayers layers, ActivationSnapshot snapshot) {
    this.layers = layers;
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
   * Looks at the activations of some samples.
   *
   * @param target whose form of weights is to be found; empty: that of the options stays
   */
  static Prepared prepare(
      QuantizableLayers layers,
      List<Sample> samples,
      SchemeOptions options,
      Optional<TargetProcessor> target,
      boolean means,
      LoadedModel.Loader loader) {
    if (samples.isEmpty() || (target.isEmpty() && !means)) {
      return new Prepared(
          target.map(known -> options.with(known.safeForm())).orElse(options), Optional.empty());
    }
    // Products are tried on one sample; means want many.
    List<Sample> seen = means ? samples : samples.subList(0, 1);
    WeightPreparation preparation =
        new WeightPreparation(
            layers, ActivationSnapshot.of(layers.model(), activations(layers), seen));
    SchemeOptions prepared = means ? options.withMeans(preparation.means()) : options;
    List<ProductSample> products = target.isPresent() ? preparation.products() : List.of();
    if (products.isEmpty()) {
      return new Prepared(
          target.map(known -> prepared.with(known.safeForm())).orElse(prepared), Optional.empty());
    }
    SignednessChoice choice = new SignednessTrial(loader).choose(target.orElseThrow(), products);
    return new Prepared(prepared.with(choice.form()), Optional.of(choice));
  }

  private static Set<String> activations(QuantizableLayers layers) {
    Set<String> tensors = new LinkedHashSet<>();
    for (Layer layer : layers.all()) {
      if (layer.use().isProduct() || layer.use() == Use.CONVOLUTION) {
        tensors.addAll(layers.activations(layer));
      }
    }
    return tensors;
  }

  private Map<String, float[]> means() {
    Map<String, float[]> means = new LinkedHashMap<>();
    for (Layer layer : layers.all()) {
      int axis = layer.use() == Use.CONVOLUTION ? 1 : -1;
      for (String tensor : layers.activations(layer)) {
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
        layers.all().stream()
            .filter(layer -> layer.use().isProduct() && layer.elements() <= MOST_WEIGHTS)
            .sorted(Comparator.comparingLong(Layer::elements).reversed())
            .limit(MOST_PRODUCTS)
            .toList();
    List<ProductSample> products = new ArrayList<>();
    for (Layer layer : largest) {
      for (TensorValue x :
          snapshot.of(layers.activations(layer).get(0)).stream().limit(1).toList()) {
        products.add(
            new ProductSample(layer.name(), x.floats(), layers.matrix(layer), layer.rows()));
      }
    }
    return products;
  }
}
