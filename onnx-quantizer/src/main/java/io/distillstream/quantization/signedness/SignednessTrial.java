package io.distillstream.quantization.signedness;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.weights.WeightForm;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Finds out in which form a target wants its 8-bit weights: this machine by running products in an
 * engine, any other by computing what it would answer.
 */
public final class SignednessTrial {
  /** Rounds of a timing, in which the forms take turns; the fastest counts. */
  private static final int ROUNDS = 15;

  /** Rows of activations for each product; enough for errors and times that tell forms apart. */
  private static final int ROWS = 16;

  private final LoadedModel.Loader loader;

  public SignednessTrial(LoadedModel.Loader loader) {
    this.loader = loader;
  }

  /**
   * The form to write, with the numbers that speak for it.
   *
   * @param samples at least one product with activations of real inputs; of each at most 16 rows
   *     are used
   */
  public SignednessChoice choose(TargetProcessor target, List<ProductSample> samples) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("Expected at least one product to judge by");
    }
    List<ProductSample> few = samples.stream().map(sample -> sample.first(ROWS)).toList();
    return target == TargetProcessor.THIS_MACHINE
        ? measured(few)
        : SignednessChoice.emulated(target, few);
  }

  private SignednessChoice measured(List<ProductSample> samples) {
    Map<WeightForm, Tally> tallies = new EnumMap<>(WeightForm.class);
    for (WeightForm form : WeightForm.values()) {
      tallies.put(form, new Tally());
    }
    for (ProductSample sample : samples) {
      try (LoadedModel signed = load(sample, WeightForm.SIGNED);
          LoadedModel sevenBit = load(sample, WeightForm.SIGNED_7_BIT);
          LoadedModel unsigned = load(sample, WeightForm.UNSIGNED)) {
        compare(
            sample,
            Map.of(
                WeightForm.SIGNED, signed,
                WeightForm.SIGNED_7_BIT, sevenBit,
                WeightForm.UNSIGNED, unsigned),
            tallies);
      }
    }
    List<SignednessChoice.Trial> trials = new ArrayList<>();
    tallies.forEach(
        (form, tally) ->
            trials.add(
                new SignednessChoice.Trial(
                    form, tally.error / samples.size(), OptionalDouble.of(tally.micros))));
    return SignednessChoice.ofTimed(TargetProcessor.THIS_MACHINE, trials);
  }

  /** What is known of a form so far, summed over samples. */
  private static final class Tally {
    double error;
    double micros;
  }

  @MustBeClosed
  private LoadedModel load(ProductSample sample, WeightForm form) {
    return loader.load(product(sample, form));
  }

  private static void compare(
      ProductSample sample, Map<WeightForm, LoadedModel> models, Map<WeightForm, Tally> tallies) {
    Sample input = input(sample);
    Map<WeightForm, Long> fastest = new EnumMap<>(WeightForm.class);
    for (int round = 0; round < ROUNDS; round++) {
      models.forEach(
          (form, model) -> {
            long start = System.nanoTime();
            model.run(input);
            fastest.merge(form, System.nanoTime() - start, Math::min);
          });
    }
    double[] exact = sample.product();
    tallies.forEach(
        (form, tally) -> {
          LoadedModel model = Optional.ofNullable(models.get(form)).orElseThrow();
          tally.error += ProductError.of(exact, model.answer(input).floats());
          tally.micros += Optional.ofNullable(fastest.get(form)).orElseThrow() / 1e3;
        });
  }

  private static OnnxModel product(ProductSample sample, WeightForm form) {
    GraphBuilder graph =
        GraphBuilder.named("product")
            .input("x", ElementType.FLOAT32, Dimension.of("rows"), Dimension.of(sample.inner()))
            .output("y", ElementType.FLOAT32, Dimension.of("rows"), Dimension.of(sample.columns()))
            .initializer(Tensor.float32("w", sample.weights(), sample.inner(), sample.columns()));
    graph.node("MatMul", List.of("x", "w"), "y");
    return GraphQuantizer.uniform(
        graph.build(Map.of()),
        Precision.INT8_DYNAMIC,
        SchemeOptions.DEFAULTS.withMinSavedBytes(0).with(form));
  }

  private static Sample input(ProductSample sample) {
    return new Sample(
        Map.of("x", TensorValue.of(sample.activations(), sample.rows(), sample.inner())));
  }
}
