package io.distillstream.quantization.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.PrecisionPlan;
import io.distillstream.quantization.plan.SchemeOptions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphQuantizerTest {
  private static final int WIDTH = 64;

  @Test
  void shouldHoldEachLayerAsThePlanSays() {
    OnnxModel model = chain(6);
    float[] x = Graphs.random(1, 5 * WIDTH, -1, 1);
    GraphQuantizer quantizer =
        new GraphQuantizer(model, Graphs.ranges(model, x, 5, WIDTH), Graphs.ALL);
    PrecisionPlan plan =
        PrecisionPlan.FP32
            .with("w0", Precision.FP16)
            .with("w1", Precision.INT8_DYNAMIC)
            .with("w2", Precision.INT8_STATIC)
            .with("w3", Precision.INT8_WEIGHTS)
            .with("w4", Precision.INT4_WEIGHTS);

    OnnxModel mixed = quantizer.apply(plan);

    assertThat(Graphs.ops(mixed))
        .contains("MatMulInteger", "QuantizeLinear")
        .filteredOn("MatMulNBits"::equals)
        .hasSize(2);
    assertThat(mixed.initializerNames())
        .contains("w0/fp16", "w1/uint8", "w2/uint8", "w3/int8_blocks", "w4/int4_blocks", "w5")
        .doesNotContain("w0", "w1", "w2", "w3", "w4");
    assertThat(Engine.run(mixed, x, 5, WIDTH))
        .containsExactly(Engine.run(model, x, 5, WIDTH), within(0.1f));
  }

  @Test
  void shouldLeaveTheModelAsItIsWithoutAPlan() {
    OnnxModel model = chain(2);

    assertThat(Graphs.quantizer(model).apply(PrecisionPlan.FP32).proto().getGraph())
        .isEqualTo(model.proto().getGraph());
  }

  @Test
  void shouldAnswerTheSamePlanWithTheSameBytesWhateverWasTriedBefore() {
    GraphQuantizer quantizer = Graphs.quantizer(chain(3));
    PrecisionPlan plan = quantizer.plan(Precision.INT8_DYNAMIC);
    byte[] first = quantizer.apply(plan).bytes();

    quantizer.apply(quantizer.plan(Precision.INT4_WEIGHTS));

    assertThat(quantizer.apply(plan).bytes()).isEqualTo(first);
  }

  @Test
  void shouldRefusePlansThatDoNotFitTheModel() {
    GraphQuantizer quantizer = Graphs.quantizer(chain(1));

    assertThatThrownBy(() -> quantizer.apply(PrecisionPlan.FP32.with("v", Precision.FP16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The plan names v, the model's layers are [w0]");
    assertThatThrownBy(() -> quantizer.apply(PrecisionPlan.FP32.with("w0", Precision.INT8_STATIC)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "w0 cannot be held in int8-static, only in"
                + " [fp32, fp16, int8-dynamic, int8-weights, int4-weights]");
  }

  @Test
  void shouldHoldASharedConstantOnlyInWhatAllItsUsesCan() {
    GraphBuilder graph =
        GraphBuilder.named("tied")
            .input("x", ElementType.INT64, Dimension.of("n"))
            .output("y", ElementType.FLOAT32, Dimension.of("n"), Dimension.of(5))
            .initializer(Graphs.random("table", 7, 5))
            .initializer(Graphs.random("square", 5, 7));
    graph.node("Gather", List.of("table", "x"), "rows");
    graph.node("MatMul", List.of("rows", "square"), "wide");
    graph.node("MatMul", List.of("wide", "table"), "y");
    GraphQuantizer quantizer = Graphs.quantizer(graph.build(Map.of()));

    // Rows of five cannot be held in 4 bits, so the product may not either.
    assertThat(quantizer.layers().all()).hasSize(3);
    assertThat(quantizer.precisions(quantizer.layers().all().get(2)))
        .containsExactlyInAnyOrder(
            Precision.FP32, Precision.FP16, Precision.INT8_DYNAMIC, Precision.INT8_WEIGHTS);
    assertThat(quantizer.precisions(quantizer.layers().all().get(1)))
        .contains(Precision.INT4_WEIGHTS);
  }

  @Test
  void shouldPlanTheFirstPrecisionThatEachLayerCanHave() {
    OnnxModel model = chain(2);
    GraphQuantizer quantizer = Graphs.quantizer(model);

    assertThat(quantizer.plan(Precision.INT8_STATIC, Precision.INT4_WEIGHTS).layers())
        .containsOnly(
            Map.entry("w0", Precision.INT4_WEIGHTS), Map.entry("w1", Precision.INT4_WEIGHTS));
  }

  @Test
  void shouldLeaveConstantsAloneThatAreLittleInTheirModel() {
    OnnxModel head = Graphs.product(new float[128 * 24], 128, 24);
    OnnxModel classifier =
        Graphs.matrices(
            1_024,
            graph -> {
              graph.initializer(Graphs.random("body", 1_024, 512));
              graph.initializer(Graphs.random("head", 512, 8));
              graph.node("MatMul", List.of("x", "body"), "h");
              graph.node("MatMul", List.of("h", "head"), "y");
            });

    assertThat(names(Graphs.quantizer(head, SchemeOptions.DEFAULTS))).containsExactly("w");
    // 3 · 512 · 8 bytes of one and a half millions.
    assertThat(names(Graphs.quantizer(classifier, SchemeOptions.DEFAULTS))).containsExactly("body");
    assertThat(names(Graphs.quantizer(classifier, SchemeOptions.DEFAULTS.withMinSavedBytes(0))))
        .containsExactly("body", "head");
    assertThat(names(Graphs.quantizer(head, SchemeOptions.DEFAULTS.withMinSavedBytes(10_000))))
        .isEmpty();
  }

  @Test
  void shouldCountAConstantOnceHoweverOftenItIsUsed() {
    OnnxModel model =
        Graphs.matrices(
            256,
            graph -> {
              graph.initializer(Graphs.random("often", 256, 256));
              graph.initializer(Graphs.random("once", 256, 6));
              graph.node("MatMul", List.of("x", "often"), "h1");
              graph.node("MatMul", List.of("h1", "often"), "h2");
              graph.node("MatMul", List.of("h2", "once"), "y");
            });

    // 4,584 bytes are more than a fiftieth of 200,168, not of nearly twice that.
    assertThat(names(Graphs.quantizer(model, SchemeOptions.DEFAULTS))).contains("once");
  }

  /** As a table of 2 rows it saves 6,000 - 4,000 bytes, as a product of 2 columns 6,000 - 8. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldJudgeAConstantOnceHoweverDifferentlyItIsUsed(boolean tableFirst) {
    GraphBuilder graph =
        GraphBuilder.named("tied")
            .input("x", ElementType.INT64, Dimension.of("n"))
            .output("y", ElementType.FLOAT32, Dimension.of("n"), Dimension.of(2))
            .output("z", ElementType.FLOAT32, Dimension.of("n"), Dimension.of(1_000))
            .initializer(Graphs.random("table", 2, 1_000))
            .initializer(Graphs.random("other", 3, 1_000));
    String rows = graph.node("Gather", List.of("other", "x"), "rows");
    Runnable lookUp = () -> graph.node("Gather", List.of("table", "x"), "z");
    Runnable multiply =
        () -> graph.node("Gemm", List.of(rows, "table"), "y", Attribute.integer("transB", 1));
    (tableFirst ? lookUp : multiply).run();
    (tableFirst ? multiply : lookUp).run();
    OnnxModel model = graph.build(Map.of());

    GraphQuantizer both = Graphs.quantizer(model, SchemeOptions.DEFAULTS.withMinSavedBytes(5_990));
    GraphQuantizer neither =
        Graphs.quantizer(model, SchemeOptions.DEFAULTS.withMinSavedBytes(5_993));

    assertThat(names(both)).containsOnly("table").hasSize(2);
    assertThat(both.apply(both.plan(Precision.INT8_DYNAMIC)).initializerNames())
        .doesNotContain("table");
    assertThat(names(neither)).isEmpty();
  }

  @Test
  void shouldLeaveAloneWhatSavesNothing() {
    // One weight per scale: 3 bytes less for each, and 4 more.
    OnnxModel model = Graphs.product(new float[8], 1, 8);

    assertThat(names(Graphs.quantizer(model, SchemeOptions.DEFAULTS.withMinSavedBytes(0))))
        .isEmpty();
  }

  @Test
  void shouldRefuseNegativeSavings() {
    assertThatThrownBy(() -> SchemeOptions.DEFAULTS.withMinSavedBytes(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Expected at least 0 bytes saved of a layer, got -1");
  }

  private static List<String> names(GraphQuantizer quantizer) {
    return quantizer.layers().all().stream().map(Layer::name).toList();
  }

  @Test
  void shouldNotQuantizeActivationsAsTheyComeBeforeTheOperatorExists() {
    OnnxModel old =
        Graphs.matrices(
            WIDTH,
            graph -> {
              graph.opset(10).initializer(Graphs.random("w", WIDTH, WIDTH));
              graph.node("MatMul", List.of("x", "w"), "y");
            });
    GraphQuantizer quantizer = Graphs.quantizer(old);

    assertThat(quantizer.precisions(quantizer.layers().all().get(0)))
        .doesNotContain(Precision.INT8_DYNAMIC)
        .contains(Precision.INT8_WEIGHTS);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP16", "INT8_DYNAMIC", "INT8_WEIGHTS", "INT4_WEIGHTS"})
  void shouldTellTheBytesThatTheFileThenHolds(Precision precision) {
    OnnxModel model = Graphs.product(Graphs.random(3, 256 * 200, -1, 1), 256, 200);
    GraphQuantizer quantizer = Graphs.quantizer(model);
    Layer layer = quantizer.layers().all().get(0);

    OnnxModel held = quantizer.apply(quantizer.plan(precision));

    long bytes =
        held.initializerNames().stream()
            .filter(name -> name.startsWith("w/"))
            .map(name -> held.initializer(name).orElseThrow())
            .mapToLong(tensor -> (long) tensor.elements() * tensor.type().bytes())
            .sum();
    assertThat(quantizer.bytes(layer, precision)).isEqualTo(bytes);
    assertThat(quantizer.bytes(layer, Precision.FP32)).isEqualTo(256 * 200 * 4);
  }

  @Test
  void shouldTellHowFarWeightsAreOff() {
    // One column with the scale 1: halves are off by a half, and go to the even neighbour.
    OnnxModel model = Graphs.product(new float[] {127, 1.5f, -2.5f, 3}, 4, 1);
    GraphQuantizer quantizer = Graphs.quantizer(model);
    Layer layer = quantizer.layers().all().get(0);

    assertThat(quantizer.weightError(layer, Precision.INT8_DYNAMIC)).isEqualTo(0.5);
    assertThat(quantizer.largestWeightError(layer, Precision.INT8_DYNAMIC)).isEqualTo(0.5);
    assertThat(quantizer.weightError(layer, Precision.FP32)).isZero();
    assertThat(quantizer.weightError(layer, Precision.FP16)).isZero();
  }

  @Test
  void shouldNameTheActivationsOfALayerOnce() {
    OnnxModel model = chain(2);

    GraphQuantizer quantizer = Graphs.quantizer(model);

    assertThat(quantizer.layers().activations(quantizer.layers().all().get(1)))
        .containsExactly("y0");
  }

  @Test
  void shouldOfferAllPrecisionsOfAProductWhoseRangeIsKnown() {
    OnnxModel model = chain(1);
    ActivationRanges ranges = Graphs.ranges(model, new float[WIDTH], 1, WIDTH);
    GraphQuantizer quantizer = new GraphQuantizer(model, ranges, Graphs.ALL);

    assertThat(quantizer.precisions(quantizer.layers().all().get(0)))
        .isEqualTo(EnumSet.allOf(Precision.class));
  }

  /** Products one after the other, whose weights keep values from growing. */
  private static OnnxModel chain(int length) {
    return Graphs.matrices(
        WIDTH,
        graph -> {
          for (int i = 0; i < length; i++) {
            float[] weights = Graphs.random(i, WIDTH * WIDTH, -0.2, 0.2);
            graph.initializer(Tensor.float32("w" + i, weights, WIDTH, WIDTH));
            graph.node(
                "MatMul",
                List.of(i == 0 ? "x" : "y" + (i - 1), "w" + i),
                i == length - 1 ? "y" : "y" + i);
          }
        });
  }
}
