package io.distillstream.quantization.graph;

import static io.distillstream.quantization.graph.Engine.relativeError;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.optimize.GraphOptimizer;
import io.distillstream.quantization.optimize.OptimizerSettings;
import io.distillstream.quantization.plan.Precision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whose values are called as those that quantization adds would be. */
class TakenNamesTest {
  private static final float[] X = Graphs.random(3, 2 * 4 * 8 * 8, -1, 1);

  /** Two layers whose batch normalizations share their parameters, as PaddleOCR's models have. */
  @Test
  void shouldHoldConvolutionsWhoseNormalizationWasFoldedIntoTheirBias() {
    OnnxModel optimized =
        new GraphOptimizer(OptimizerSettings.DEFAULT).optimize(convolutions()).model();
    assertThat(optimized.initializerNames()).contains("n1/bias");
    ActivationRanges ranges = Graphs.ranges(optimized, X, 2, 4, 8, 8);
    GraphQuantizer quantizer = new GraphQuantizer(optimized, ranges, Graphs.ALL);

    OnnxModel held = quantizer.apply(quantizer.plan(Precision.INT8_STATIC));

    assertThat(relativeError(run(convolutions()), run(held))).isLessThan(0.05);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"INT8_DYNAMIC", "INT8_WEIGHTS", "INT4_WEIGHTS", "FP16"})
  void shouldGiveFreshNamesWhereThoseItWantsAreTaken(Precision precision) {
    OnnxModel plain = convolutions();
    OnnxModel held = Graphs.quantized(plain, precision);
    Set<String> wanted = new HashSet<>();
    held.nodes().forEach(node -> wanted.addAll(node.getOutputList()));
    wanted.addAll(held.initializerNames());
    plain.nodes().forEach(node -> wanted.removeAll(node.getOutputList()));
    wanted.removeAll(plain.initializerNames());
    assertThat(wanted).isNotEmpty();

    OnnxModel again = Graphs.quantized(withValues(plain, wanted), precision);

    assertThat(run(again)).containsExactly(run(held));
  }

  private static float[] run(OnnxModel model) {
    return Engine.run(model, X, 2, 4, 8, 8);
  }

  private static OnnxModel convolutions() {
    return Graphs.of(
        graph -> {
          graph.opset(13);
          graph.initializer(Graphs.random("w1", 4, 4, 3, 3));
          graph.initializer(Graphs.random("w2", 4, 4, 1, 1));
          graph.initializer(Graphs.random("gamma", 4));
          graph.initializer(Graphs.random("beta", 4));
          graph.initializer(Graphs.random("mean", 4));
          graph.initializer(Tensor.float32("variance", new float[] {1, 2, 0.5f, 1}, 4));
          Attribute pads = Attribute.integers("pads", 1, 1, 1, 1);
          graph.node("Conv", List.of("x", "w1"), "c1", pads);
          graph.node(
              "BatchNormalization", List.of("c1", "gamma", "beta", "mean", "variance"), "n1");
          graph.node("HardSigmoid", List.of("n1"), "s1");
          graph.node("Conv", List.of("s1", "w2"), "c2");
          graph.node("BatchNormalization", List.of("c2", "gamma", "beta", "mean", "variance"), "y");
        },
        Dimension.of("batch"),
        Dimension.of(4),
        Dimension.of("height"),
        Dimension.of("width"));
  }

  /** The same model with further outputs of these names. */
  private static OnnxModel withValues(OnnxModel model, Set<String> names) {
    var proto = model.proto().toBuilder();
    List<NodeProto> nodes = new ArrayList<>();
    for (String name : names) {
      nodes.add(NodeProto.newBuilder().setOpType("Relu").addInput("x").addOutput(name).build());
      proto.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(name));
    }
    proto.getGraphBuilder().addAllNode(nodes);
    return OnnxModel.of(proto.build());
  }
}
