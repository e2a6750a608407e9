package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Quantizes models as the exporters of others write them. */
class QuantizeForeignModelsTest {
  private static final int STATES = 32;

  private @TempDir Path folder;
  private Path out;

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeEach
  void setUp() {
    out = folder.resolve("out.onnx");
  }

  /** PaddlePaddle's exporter writes open axes as -1. */
  @Test
  void shouldTakeAxesOfNegativeLengthForOpenOnes() throws Exception {
    GraphBuilder graph =
        GraphBuilder.named("open")
            .opset(11)
            .input("x", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of("length"))
            .output("y", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(64));
    graph.initializer(random("w", 64, 64));
    graph.node("MatMul", List.of("x", "w"), "y");
    var proto = graph.build(Map.of()).proto().toBuilder();
    for (int axis = 0; axis < 2; axis++) {
      proto
          .getGraphBuilder()
          .getInputBuilder(0)
          .getTypeBuilder()
          .getTensorTypeBuilder()
          .getShapeBuilder()
          .getDimBuilder(axis)
          .setDimValue(-1);
    }
    OnnxModel model = OnnxModel.of(proto.build());

    Outcome asked = quantize(model);
    assertThat(asked.exitCode()).isEqualTo(1);
    assertThat(asked.err().strip())
        .isEqualTo(
            "error: Made-up samples need a length for each open axis; give one, as --dimension"
                + " x:1=8, for x:1");
    assertPassed(quantize(model, "--dimension=x:1=64", "--min-agreement=0.5"));
  }

  /**
   * A recurrence whose states are inputs, in the branch of a condition that becomes known when
   * shapes are folded: ONNX Runtime fails on what folding alone leaves.
   */
  @Test
  void shouldHoldARecurrenceInABranchThatIsAlwaysTaken() throws Exception {
    Outcome outcome =
        quantize(
            recurrent(), "--scheme=int8-dynamic", "--max-memory-ratio=9", "--dimension=steps=3");

    assertPassed(outcome);
    assertThat(OnnxModel.read(out).nodes().stream().map(NodeProto::getOpType))
        .contains("DynamicQuantizeLSTM")
        .doesNotContain("If", "LSTM");
  }

  /** In 4 bits the likeliest token is often another one, although the cosine is high. */
  @Test
  void shouldJudgeADecoderByTheTokensItGives() throws Exception {
    Outcome outcome =
        quantize(
            decoder(),
            "--scheme=int4-weights",
            "--dimension=written=8",
            "--max-fallback-layers=0",
            "--timed-samples=0");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out())
        .containsPattern("output logits: agreement 0\\.\\d+ is below 0\\.9800")
        .doesNotContain("cosine 0");
  }

  private static OnnxModel decoder() {
    GraphBuilder graph =
        GraphBuilder.named("decoder")
            .input("prefix", ElementType.INT64, Dimension.of("batch"), Dimension.of("written"))
            .output(
                "logits",
                ElementType.FLOAT32,
                Dimension.of("batch"),
                Dimension.of("written"),
                Dimension.of(512))
            .output(
                "hidden",
                ElementType.FLOAT32,
                Dimension.of("batch"),
                Dimension.of("written"),
                Dimension.of(STATES));
    graph.initializer(random("table", 512, STATES));
    graph.initializer(random("head", STATES, 512));
    // What all tokens share makes the cosine of any two answers high.
    float[] shared = new float[512];
    Arrays.fill(shared, -60);
    graph.initializer(Tensor.float32("shared", shared, 512));
    graph.node("Gather", List.of("table", "prefix"), "embedded");
    graph.node("Tanh", List.of("embedded"), "hidden");
    graph.node("MatMul", List.of("hidden", "head"), "scores");
    graph.node("Add", List.of("scores", "shared"), "logits");
    return graph.build(Map.of());
  }

  private static OnnxModel recurrent() {
    Dimension[] state = {Dimension.of(1), Dimension.of("batch"), Dimension.of(STATES)};
    Dimension[] steps = {Dimension.of("steps"), Dimension.of("batch"), Dimension.of(STATES)};
    GraphBuilder graph =
        GraphBuilder.named("recurrent")
            .opset(15)
            .input("x", ElementType.FLOAT32, steps)
            .input("h", ElementType.FLOAT32, state)
            .input("c", ElementType.FLOAT32, state)
            .output("y", ElementType.FLOAT32, state)
            .output("hn", ElementType.FLOAT32, state)
            .output("cn", ElementType.FLOAT32, state);
    graph.initializer(random("w", 1, 4L * STATES, STATES));
    graph.initializer(random("r", 1, 4L * STATES, STATES));
    // Of the state's three axes the exporter does not know how many there are.
    graph.node("Shape", List.of("h"), "lengths");
    graph.node("Size", List.of("lengths"), "axes");
    graph.initializer(Tensor.scalar("three", 3L));
    graph.node("Equal", List.of("axes", "three"), "known");
    graph.node(
        NodeProto.newBuilder()
            .setOpType("If")
            .addInput("known")
            .addAllOutput(List.of("y", "hn", "cn"))
            .addAttribute(branch("then_branch", true))
            .addAttribute(branch("else_branch", false))
            .build());
    return graph.build(Map.of());
  }

  private static AttributeProto branch(String name, boolean isLstm) {
    List<NodeProto> nodes = new ArrayList<>();
    List<String> outputs = List.of("a", "b", "d");
    if (isLstm) {
      nodes.add(
          NodeProto.newBuilder()
              .setOpType("LSTM")
              .addAllInput(List.of("x", "w", "r", "", "", "h", "c"))
              .addAllOutput(List.of("all", "b", "d"))
              .addAttribute(Attribute.integer("hidden_size", STATES).proto())
              .build());
      nodes.add(identity("b", "a"));
    } else {
      outputs.forEach(output -> nodes.add(identity("h", output)));
    }
    GraphProto.Builder body = GraphProto.newBuilder().setName(name).addAllNode(nodes);
    outputs.forEach(output -> body.addOutput(ValueInfoProto.newBuilder().setName(output)));
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(body)
        .build();
  }

  private static NodeProto identity(String input, String output) {
    return NodeProto.newBuilder().setOpType("Identity").addInput(input).addOutput(output).build();
  }

  private static Tensor random(String name, long... dims) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-0.5, 0.5);
    }
    return Tensor.float32(name, values, dims);
  }

  private void assertPassed(Outcome outcome) {
    assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
    assertThat(out).exists();
  }

  private Outcome quantize(OnnxModel model, String... options) throws IOException {
    Path file = folder.resolve("model.onnx");
    model.write(file);
    List<String> arguments = new ArrayList<>(List.of("quantize", file.toString(), "--out=" + out));
    arguments.add("--max-latency-ratio=1000");
    arguments.add("--min-saved-bytes=0");
    arguments.addAll(Arrays.asList(options));
    StringWriter text = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Distillstream.commandLine();
    commandLine.setOut(new PrintWriter(text, true));
    commandLine.setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(arguments.toArray(String[]::new));
    return new Outcome(exitCode, text.toString(), err.toString());
  }
}
