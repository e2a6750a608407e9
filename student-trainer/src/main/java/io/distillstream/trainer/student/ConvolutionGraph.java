package io.distillstream.trainer.student;

import static io.distillstream.onnx.Attribute.decimal;
import static io.distillstream.onnx.Attribute.integer;
import static io.distillstream.onnx.Attribute.integers;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import java.util.List;
import java.util.Map;

/**
 * A {@link ConvolutionSpec} as an ONNX graph. Batch norm stays a node of its own: to fold it into
 * the convolution is up to whoever makes the mobile artifact.
 */
public final class ConvolutionGraph {
  private static final Dimension BATCH = Dimension.of("batch");

  private final ConvolutionSpec spec;
  private final GraphBuilder graph = GraphBuilder.named("student");
  private final GraphLayers layers;

  private ConvolutionGraph(ConvolutionSpec spec, StudentWeights weights) {
    this.spec = spec;
    this.layers = new GraphLayers(graph, weights);
  }

  /**
   * Input {@code input}, fp32 {@code [batch, channels, height, width]}; output {@code logits}, fp32
   * {@code [batch, classes]}.
   */
  public static OnnxModel of(StudentWeights weights, Map<String, String> metadata) {
    if (!(weights.spec() instanceof ConvolutionSpec spec)) {
      throw new IllegalArgumentException("no convolutional student: " + weights.spec());
    }
    return new ConvolutionGraph(spec, weights).build(metadata);
  }

  private OnnxModel build(Map<String, String> metadata) {
    graph.input(
        "input",
        ElementType.FLOAT32,
        BATCH,
        Dimension.of(spec.channels()),
        Dimension.of(spec.height()),
        Dimension.of(spec.width()));
    graph.output("logits", ElementType.FLOAT32, BATCH, Dimension.of(spec.classes()));
    String x = "input";
    for (int i = 0; i < spec.layers().size(); i++) {
      x = layer("convolution" + i, spec.layers().get(i), spec.channelsOf(i), x);
    }
    String means = layers.node("GlobalAveragePool", "means", x);
    String hidden = graph.node("Flatten", List.of(means), "hidden", integer("axis", 1));
    layers.linear(StudentSpec.CLASSIFIER, hidden, "logits");
    return graph.build(metadata);
  }

  private String layer(String name, ConvolutionLayer layer, int channels, String x) {
    int rows = ConvolutionLayer.padding(layer.kernelHeight());
    int columns = ConvolutionLayer.padding(layer.kernelWidth());
    String kernel =
        layers.parameter(
            name + ConvolutionSpec.KERNEL,
            layer.filters(),
            channels,
            layer.kernelHeight(),
            layer.kernelWidth());
    graph.node(
        "Conv",
        List.of(x, kernel),
        name + "_out",
        integers("kernel_shape", layer.kernelHeight(), layer.kernelWidth()),
        integers("pads", rows, columns, rows, columns),
        integers("strides", layer.stride(), layer.stride()));
    graph.node(
        "BatchNormalization",
        List.of(
            name + "_out",
            layers.parameter(name + ".norm.scale"),
            layers.parameter(name + ".norm.shift"),
            layers.parameter(name + ConvolutionSpec.MEAN),
            layers.parameter(name + ConvolutionSpec.VARIANCE)),
        name + "_normed",
        decimal("epsilon", ConvolutionSpec.NORM_EPSILON));
    return layers.node("Relu", name + "_active", name + "_normed");
  }
}
