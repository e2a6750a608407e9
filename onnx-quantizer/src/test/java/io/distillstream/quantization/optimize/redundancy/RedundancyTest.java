package io.distillstream.quantization.optimize.redundancy;

import static io.distillstream.quantization.optimize.Graphs.random;
import static io.distillstream.quantization.optimize.Graphs.shape;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.optimize.Graphs;
import io.distillstream.quantization.optimize.Optimization;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What does nothing, is there twice, or is not needed. */
class RedundancyTest {

  @Test
  void shouldRemoveWhatDoesNothing() {
    assertBecomes(
        row(
            graph -> {
              graph.initializer(Tensor.scalar("0", 0f)).initializer(Tensor.scalar("1", 1f));
              graph.initializer(Tensor.int64("same", new long[] {-1, 3}, 2));
              graph.initializer(Tensor.int64("pads", new long[4], 4));
              graph.node("Identity", List.of("x"), "a");
              graph.node("Dropout", List.of("a"), List.of("b", "mask"));
              graph.node("Cast", List.of("b"), "c", Attribute.castTo(ElementType.FLOAT32));
              graph.node("Transpose", List.of("c"), "d", Attribute.integers("perm", 0, 1));
              graph.node("Mul", List.of("1", "d"), "e");
              graph.node("Add", List.of("e", "0"), "f");
              graph.node("Sub", List.of("f", "0"), "g");
              graph.node("Div", List.of("g", "1"), "h");
              graph.node("Pow", List.of("h", "1"), "i");
              graph.node("Concat", List.of("i"), "j", Attribute.integer("axis", 1));
              graph.node("Pad", List.of("j", "pads"), "k");
              graph.node("Reshape", List.of("k", "same"), "l");
              return graph.node("Abs", List.of("l"), List.of("y"));
            }),
        "Abs");
  }

  @Test
  void shouldKeepNamesOfOutputs() {
    assertBecomes(
        row(
            graph -> {
              graph.node("Abs", List.of("x"), "a");
              return graph.node("Identity", List.of("a"), List.of("y"));
            }),
        "Abs");
  }

  @Test
  void shouldKeepAnIdentityBetweenAnInputAndAnOutput() {
    assertBecomes(row(graph -> graph.node("Identity", List.of("x"), List.of("y"))), "Identity");
  }

  @Test
  void shouldKeepBothNamesOfAValueThatIsTwoOutputs() {
    assertBecomes(
        row(
            graph -> {
              graph.output("a", ElementType.FLOAT32, shape(-1, 3).toArray(Dimension[]::new));
              graph.node("Abs", List.of("x"), "a");
              return graph.node("Identity", List.of("a"), List.of("y"));
            }),
        "Abs",
        "Identity");
  }

  @Test
  void shouldKeepWhatOnlySeemsToDoNothing() {
    OnnxModel model =
        Graphs.of(
            shape(3),
            shape(-1, -1),
            graph -> {
              graph.initializer(Tensor.float32("1", new float[] {1}, 1, 1));
              graph.initializer(Tensor.int64("dims", new long[] {3, 1}, 2));
              graph.node("Mul", List.of("x", "1"), "a");
              graph.node("Reshape", List.of("a", "dims"), "b");
              return graph.node(
                  "Cast", List.of("b"), List.of("y"), Attribute.castTo(ElementType.FLOAT32));
            });

    assertBecomes(model, "Mul", "Reshape");
  }

  @Test
  void shouldKeepADropoutWhoseMaskIsUsed() {
    OnnxModel model =
        row(
            graph -> {
              graph.node("Dropout", List.of("x"), List.of("a", "mask"));
              graph.node("Cast", List.of("mask"), "m", Attribute.castTo(ElementType.FLOAT32));
              return graph.node("Mul", List.of("a", "m"), List.of("y"));
            });

    assertThat(Graphs.ops(Graphs.optimized(model).model())).contains("Dropout");
  }

  @Test
  void shouldRemoveWhatNothingUses() {
    Optimization optimization =
        Graphs.optimized(
            row(
                graph -> {
                  graph.initializer(random("w", 3));
                  graph.node("Mul", List.of("x", "w"), "a");
                  graph.node("Abs", List.of("a"), "b");
                  return graph.node("Neg", List.of("x"), List.of("y"));
                }));

    assertThat(Graphs.ops(optimization.model())).containsExactly("Neg");
    assertThat(optimization.model().initializerNames()).isEmpty();
    assertThat(optimization.count("dead nodes and constants")).isEqualTo(3);
  }

  @Test
  void shouldHoldEqualConstantsOnceAndComputeEqualThingsOnce() {
    Tensor w = random("w", 3);
    OnnxModel model =
        row(
            graph -> {
              graph.initializer(w).initializer(w.renamed("w2"));
              graph.node("Mul", List.of("x", "w"), "a");
              graph.node("Mul", List.of("x", "w2"), "b");
              graph.node("Exp", List.of("a"), "c");
              graph.node("Exp", List.of("b"), "d");
              return graph.node("Add", List.of("c", "d"), List.of("y"));
            });

    Optimization optimization = Graphs.optimized(model);

    assertThat(Graphs.ops(optimization.model())).containsExactly("Mul", "Exp", "Add");
    assertThat(optimization.model().initializerNames()).containsExactly("w");
    assertThat(optimization.count("common subexpressions")).isEqualTo(2);
    Graphs.assertSame(model, optimization.model());
  }

  @Test
  void shouldNotShareConstantsThatDifferInShapeOnly() {
    OnnxModel model =
        Graphs.of(
            shape(3, 3),
            shape(3, 3),
            graph -> {
              graph.initializer(Tensor.float32("a", new float[] {1, 2, 3}, 3));
              graph.initializer(Tensor.float32("b", new float[] {1, 2, 3}, 3, 1));
              graph.node("Mul", List.of("x", "a"), "c");
              return graph.node("Mul", List.of("c", "b"), List.of("y"));
            });

    OnnxModel same = Graphs.optimized(model).model();

    assertThat(same.initializerNames()).containsExactly("a", "b");
    Graphs.assertSame(model, same);
  }

  @Test
  void shouldLeaveBodiesAloneAndWhatTheyReferTo() {
    OnnxModel model =
        row(
            graph -> {
              graph.initializer(random("w", 3)).initializer(random("w", 3).renamed("same"));
              graph.initializer(Tensor.scalar("zero", 0f));
              graph.node("Identity", List.of("x"), "seen");
              graph.node("Abs", List.of("w"), "folded");
              graph.node("ReduceSum", List.of("x"), "sum", Attribute.integer("keepdims", 0));
              graph.node("Greater", List.of("sum", "zero"), "positive");
              graph.node(
                  NodeProto.newBuilder()
                      .setOpType("If")
                      .addInput("positive")
                      .addOutput("chosen")
                      .addAttribute(body("then_branch", "seen", "folded"))
                      .addAttribute(body("else_branch", "seen", "same"))
                      .build());
              return graph.node("Mul", List.of("chosen", "w"), List.of("y"));
            });

    OnnxModel same = Graphs.optimized(model).model();

    // Abs is folded, its name stays; the Identity stays, because a body knows it by its name.
    assertThat(Graphs.ops(same))
        .containsExactlyInAnyOrder("Identity", "ReduceSum", "Greater", "If", "Mul");
    assertThat(same.initializerNames()).contains("folded", "same");
    Graphs.assertSame(model, same);
  }

  private static AttributeProto body(String name, String left, String right) {
    String output = name + "/product";
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(
            GraphProto.newBuilder()
                .setName(name)
                .addNode(
                    NodeProto.newBuilder()
                        .setOpType("Mul")
                        .addInput(left)
                        .addInput(right)
                        .addOutput(output))
                .addOutput(
                    ValueInfoProto.newBuilder()
                        .setName(output)
                        .setType(
                            Graphs.of(
                                    shape(-1, 3),
                                    shape(-1, 3),
                                    g -> g.node("Abs", List.of("x"), List.of("y")))
                                .proto()
                                .getGraph()
                                .getOutput(0)
                                .getType())))
        .build();
  }

  private static void assertBecomes(OnnxModel model, String... ops) {
    OnnxModel simpler = Graphs.optimized(model).model();
    assertThat(Graphs.ops(simpler)).containsExactly(ops);
    assertThat(simpler.outputs()).isEqualTo(model.outputs());
    Graphs.assertSame(model, simpler);
  }

  private static OnnxModel row(UnaryOperator<GraphBuilder> body) {
    return Graphs.of(shape(-1, 3), shape(-1, 3), body);
  }
}
