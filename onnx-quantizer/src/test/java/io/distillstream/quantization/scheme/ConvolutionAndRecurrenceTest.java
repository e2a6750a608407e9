package io.distillstream.quantization.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.graph.Engine;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.graph.Graphs;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.weights.Granularity;
import io.distillstream.quantization.weights.WeightForm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionAndRecurrenceTest {

  @Test
  void shouldReproduceAConvolutionWhoseNumbersHaveExactEightBitForms() {
    // Two filters with the scales 1 and 1/127; activations in steps of 1 from 0 to 255; padding.
    OnnxModel model =
        Graphs.of(
            graph -> {
              graph.initializer(
                  Tensor.float32("k", new float[] {127, -2, 0, 1, 0, -1 / 127f}, 2, 1, 1, 3));
              graph.initializer(Tensor.float32("b", new float[] {5, -1}, 2));
              graph.node(
                  "Conv", List.of("x", "k", "b"), "y", Attribute.integers("pads", 0, 1, 0, 1));
            },
            Dimension.of(1),
            Dimension.of(1),
            Dimension.of(1),
            Dimension.of(4));

    OnnxModel held = Graphs.quantized(model, Precision.INT8_DYNAMIC);

    assertThat(Graphs.ops(held)).contains("ConvInteger").doesNotContain("Conv");
    assertThat(Engine.run(held, new float[] {0, 255, 1, 10}, 1, 1, 1, 4))
        .containsExactly(
            new float[] {
              5,
              5 - 510,
              5 + 127 * 255 - 2,
              5 + 127 - 20,
              -1 - 255 / 127f,
              -1 - 1 / 127f,
              -1 + 255 - 10 / 127f,
              0
            },
            within(1e-2f));
  }

  @ParameterizedTest
  @CsvSource({
    "FP16, 1, 1e-3",
    "FP16, 4, 1e-3",
    "INT8_DYNAMIC, 1, 0.02",
    "INT8_DYNAMIC, 4, 0.02",
    "INT8_WEIGHTS, 1, 0.01",
    "INT8_WEIGHTS, 4, 0.01",
    "INT4_WEIGHTS, 1, 0.12",
    "INT4_WEIGHTS, 4, 0.12"
  })
  void shouldConvolveCloseToTheOriginal(Precision precision, int groups, double bound) {
    OnnxModel model =
        Graphs.of(
            graph -> {
              graph.initializer(Graphs.random("k", 12, 8 / groups, 3, 3));
              graph.node(
                  "Conv",
                  List.of("x", "k"),
                  "y",
                  Attribute.integer("group", groups),
                  Attribute.integers("strides", 2, 1),
                  Attribute.integers("pads", 1, 0, 1, 2));
            },
            Dimension.of("batch"),
            Dimension.of(8),
            Dimension.of("height"),
            Dimension.of("width"));
    float[] x = Graphs.random(1, 2 * 8 * 9 * 7, -1, 3);

    float[] y = Engine.run(Graphs.quantized(model, precision), x, 2, 8, 9, 7);

    assertThat(Engine.relativeError(Engine.run(model, x, 2, 8, 9, 7), y)).isLessThan(bound);
  }

  @Test
  void shouldConvolveOverOneAxis() {
    OnnxModel model =
        Graphs.of(
            graph -> {
              graph.initializer(Graphs.random("k", 12, 8, 3)).initializer(Graphs.random("b", 12));
              graph.node("Conv", List.of("x", "k", "b"), "y");
            },
            Dimension.of("batch"),
            Dimension.of(8),
            Dimension.of("length"));
    float[] x = Graphs.random(1, 2 * 8 * 20, -1, 3);
    float[] expected = Engine.run(model, x, 2, 8, 20);

    for (Precision precision : List.of(Precision.INT8_DYNAMIC, Precision.INT4_WEIGHTS)) {
      float[] y = Engine.run(Graphs.quantized(model, precision), x, 2, 8, 20);
      assertThat(Engine.relativeError(expected, y)).isLessThan(0.12);
    }
  }

  @ParameterizedTest
  @CsvSource({"FP16, 1e-3", "INT8_DYNAMIC, 0.02", "INT8_WEIGHTS, 0.01", "INT4_WEIGHTS, 0.12"})
  void shouldRunALongShortTermMemoryBothWays(Precision precision, double bound) {
    OnnxModel model = Graphs.recurrence("LSTM", 4, 2, 24, 40);
    float[] x = Graphs.random(1, 9 * 2 * 24, -1, 1);
    float[] expected = Engine.run(model, x, 9, 2, 24);

    // Plainly signed weights are left out: they may saturate where the processor lacks VNNI.
    for (WeightForm form : List.of(WeightForm.SIGNED_7_BIT, WeightForm.UNSIGNED)) {
      for (Granularity granularity : Granularity.values()) {
        SchemeOptions options = Graphs.ALL.with(form).with(granularity);
        OnnxModel held = Graphs.quantized(model, precision, options);
        assertThat(held.initializerNames()).doesNotContain("w", "r");
        assertThat(Engine.relativeError(expected, Engine.run(held, x, 9, 2, 24)))
            .as("%s %s", form, granularity)
            .isLessThan(form == WeightForm.SIGNED_7_BIT ? 2 * bound : bound);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"GRU, 3", "RNN, 1"})
  void shouldHoldOnlyTheWeightsOfOtherRecurrences(String op, int gates) {
    OnnxModel model = Graphs.recurrence(op, gates, 1, 24, 40);
    GraphQuantizer quantizer = Graphs.quantizer(model);
    float[] x = Graphs.random(1, 9 * 2 * 24, -0.3, 0.3);

    assertThat(quantizer.precisions(quantizer.layers().all().get(0)))
        .containsExactlyInAnyOrder(
            Precision.FP32, Precision.FP16, Precision.INT8_WEIGHTS, Precision.INT4_WEIGHTS);
    OnnxModel held = quantizer.apply(quantizer.plan(Precision.INT8_WEIGHTS));
    assertThat(Engine.relativeError(Engine.run(model, x, 9, 2, 24), Engine.run(held, x, 9, 2, 24)))
        .isLessThan(0.05);
  }

  @Test
  void shouldCountBothMatricesOfARecurrence() {
    GraphQuantizer quantizer = Graphs.quantizer(Graphs.recurrence("LSTM", 4, 1, 24, 40));
    Layer layer = quantizer.layers().all().get(0);

    assertThat(layer.constants()).containsExactly("w", "r");
    assertThat(layer.elements()).isEqualTo(160 * (24 + 40));
    // A scale for each gate of each matrix.
    assertThat(quantizer.bytes(layer, Precision.INT8_DYNAMIC))
        .isEqualTo(160 * (24 + 40) + 2 * 160 * 4);
  }
}
