package io.distillstream.quantization.optimize.attention;

import static io.distillstream.quantization.optimize.Graphs.ops;
import static io.distillstream.quantization.optimize.attention.AttentionForms.WIDTH;
import static io.distillstream.quantization.optimize.attention.AttentionForms.attention;
import static io.distillstream.quantization.optimize.attention.AttentionForms.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.optimize.Graphs;
import io.distillstream.quantization.optimize.attention.AttentionForms.Other;
import io.distillstream.quantization.optimize.attention.AttentionForms.Style;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.PrecisionPlan;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.weights.Granularity;
import io.distillstream.quantization.weights.WeightForm;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Self-attention in 8 bits, in the ways in which exporters write it, beside the fused kernel. */
class IntegerAttentionTest {

  @ParameterizedTest
  @EnumSource(Style.class)
  void shouldFuseAttentionHoweverItIsWritten(Style style) {
    assertFused(attention(style), SchemeOptions.DEFAULTS);
  }

  @ParameterizedTest
  @EnumSource(WeightForm.class)
  void shouldFuseWeightsOfEveryForm(WeightForm form) {
    assertFused(attention(Style.SCORES_DIVIDED), SchemeOptions.DEFAULTS.with(form));
  }

  @Test
  void shouldFuseOneScaleForAMatrix() {
    assertFused(
        attention(Style.SCORES_DIVIDED), SchemeOptions.DEFAULTS.with(Granularity.PER_TENSOR));
  }

  @ParameterizedTest
  @EnumSource(Other.class)
  void shouldLeaveAloneWhatIsSomethingElse(Other other) {
    OnnxModel held = held(attention(other), SchemeOptions.DEFAULTS.withoutFusedAttention());

    assertThat(IntegerAttention.fuse(held)).isSameAs(held);
  }

  @Test
  void shouldLeaveAloneWhatIsNotAllInDynamicBytes() {
    OnnxModel model = attention(Style.SCORES_DIVIDED);
    GraphQuantizer quantizer = quantizer(model, SchemeOptions.DEFAULTS);
    Map<String, Precision> plan = new HashMap<>(quantizer.plan(Precision.INT8_DYNAMIC).layers());
    plan.put("k/w", Precision.FP32);

    OnnxModel held = quantizer.apply(new PrecisionPlan(plan));

    assertThat(ops(held)).contains("Softmax").doesNotContain("QAttention");
  }

  /** As in ALBERT: both layers run with the weights of one. */
  @Test
  void shouldHoldWeightsOnceThatLayersShare() {
    OnnxModel model = AttentionForms.twiceWithSharedWeights();

    OnnxModel fused = held(model, SchemeOptions.DEFAULTS);

    assertThat(ops(fused).stream().filter("QAttention"::equals)).hasSize(2);
    assertThat(
            fused.initializerNames().stream()
                .map(name -> fused.initializer(name).orElseThrow())
                .filter(tensor -> tensor.elements() == 3 * WIDTH * WIDTH))
        .hasSize(1);
    OnnxModel parts = held(model, SchemeOptions.DEFAULTS.withoutFusedAttention());
    Graphs.assertSame(parts, fused, sample(model, 1));
  }

  @Test
  void shouldUseNoOperatorsOfOthersWhereAsked() {
    OnnxModel held =
        held(attention(Style.SCORES_DIVIDED), SchemeOptions.DEFAULTS.withoutFusedAttention());

    assertThat(held.opsets()).containsOnlyKeys(OnnxModel.DEFAULT_DOMAIN);
  }

  /** Its fp32 graph must be simplified first: there target shapes are computed. */
  @Test
  void shouldFuseEveryLayerOfASentenceEncoder() {
    OnnxModel simplified = Graphs.optimized(Graphs.resource("/all-minilm-l6-v2.onnx")).model();

    OnnxModel held = held(simplified, SchemeOptions.DEFAULTS);

    assertThat(ops(held)).doesNotContain("Softmax", "Transpose");
    assertThat(ops(held).stream().filter("QAttention"::equals)).hasSize(6);
    assertThat(ops(held).stream().filter("MatMulInteger"::equals)).hasSize(18);
  }

  private static void assertFused(OnnxModel model, SchemeOptions options) {
    OnnxModel parts = held(model, options.withoutFusedAttention());
    OnnxModel fused = held(model, options);

    assertThat(ops(fused))
        .containsOnlyOnce("QAttention")
        .doesNotContain("MatMulInteger", "Softmax", "Transpose", "Reshape", "Mul");
    for (int seed = 1; seed <= 3; seed++) {
      Graphs.assertSame(parts, fused, sample(model, seed));
    }
  }

  private static OnnxModel held(OnnxModel model, SchemeOptions options) {
    GraphQuantizer quantizer = quantizer(model, options);
    return quantizer.apply(quantizer.plan(Precision.INT8_DYNAMIC));
  }

  private static GraphQuantizer quantizer(OnnxModel model, SchemeOptions options) {
    return new GraphQuantizer(model, new ActivationRanges(Map.of()), options.withMinSavedBytes(0));
  }
}
