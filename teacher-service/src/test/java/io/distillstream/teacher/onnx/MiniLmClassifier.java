package io.distillstream.teacher.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import io.distillstream.model.ModelLocation;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.teacher.encoder.ClassifierHead;
import io.distillstream.teacher.encoder.DenseLayer;
import io.distillstream.teacher.encoder.EncoderSettings;
import io.distillstream.teacher.encoder.EncoderTeacher;
import io.distillstream.teacher.encoder.HeadFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The bundled encoder, the mean over its tokens and the head for WordNet's nouns as one ONNX file,
 * as a classifier comes from elsewhere.
 */
final class MiniLmClassifier {

  static final ModelLocation TOKENIZER = EncoderSettings.miniLm().tokenizer();
  static final ClassifierHead HEAD = HeadFile.read(EncoderTeacher.WORDNET_HEAD).head();

  private MiniLmClassifier() {}

  /** Has the outputs {@code logits} and {@code probabilities}, in this order. */
  static void write(Path file) throws IOException {
    OnnxModel encoder;
    try (InputStream in = EncoderSettings.miniLm().model().open()) {
      encoder = OnnxModel.read(in);
    }
    GraphBuilder graph = GraphBuilder.named("classifier").opset(encoder.opset());
    encoder
        .inputs()
        .forEach(
            input ->
                graph.input(input.name(), input.type(), input.shape().toArray(Dimension[]::new)));
    GraphProto body = encoder.proto().getGraph();
    body.getInitializerList().forEach(tensor -> graph.initializer(new Tensor(tensor)));
    encoder.nodes().forEach(graph::node);
    String vector = pooled(graph, body.getOutput(0).getName());
    graph.output("logits", ElementType.FLOAT32, Dimension.of("batch"), classes());
    graph.output("probabilities", ElementType.FLOAT32, Dimension.of("batch"), classes());
    String hidden = dense(graph, HEAD.hidden(), vector, "hidden");
    dense(graph, HEAD.output(), gelu(graph, hidden), "logits");
    graph.node("Softmax", List.of("logits"), "probabilities", Attribute.integer("axis", 1));
    graph.build(Map.of()).write(file);
  }

  private static Dimension classes() {
    return Dimension.of(HEAD.labels().size());
  }

  /** The sum over the tokens of the text, divided by its length: the mean's divisor cancels out. */
  private static String pooled(GraphBuilder graph, String hiddenStates) {
    graph.node("Cast", List.of("attention_mask"), "mask", Attribute.castTo(ElementType.FLOAT32));
    graph.node("Unsqueeze", List.of("mask"), "column", Attribute.integers("axes", 2));
    graph.node("Mul", List.of(hiddenStates, "column"), "masked");
    graph.node(
        "ReduceSum",
        List.of("masked"),
        "sum",
        Attribute.integers("axes", 1),
        Attribute.integer("keepdims", 0));
    graph.node("ReduceL2", List.of("sum"), "length", Attribute.integers("axes", 1));
    return graph.node("Div", List.of("sum", "length"), "vector");
  }

  private static String dense(GraphBuilder graph, DenseLayer layer, String input, String output) {
    graph.initializer(
        Tensor.float32(output + ".weight", layer.weight(), layer.outputs(), layer.inputs()));
    graph.initializer(Tensor.float32(output + ".bias", layer.bias(), layer.outputs()));
    return graph.node(
        "Gemm",
        List.of(input, output + ".weight", output + ".bias"),
        output,
        Attribute.integer("transB", 1));
  }

  /** {@code x / 2 · (1 + erf(x / √2))}. */
  private static String gelu(GraphBuilder graph, String input) {
    graph.initializer(Tensor.scalar("root", (float) Math.sqrt(0.5)));
    graph.initializer(Tensor.scalar("one", 1f));
    graph.initializer(Tensor.scalar("half", 0.5f));
    graph.node("Mul", List.of(input, "root"), "scaled");
    graph.node("Erf", List.of("scaled"), "erf");
    graph.node("Add", List.of("erf", "one"), "gate");
    graph.node("Mul", List.of(input, "gate"), "gated");
    return graph.node("Mul", List.of("gated", "half"), "gelu");
  }
}
