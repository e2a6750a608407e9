package io.distillstream.onnx;

import static io.distillstream.onnx.HandmadeModels.assertRefused;
import static io.distillstream.onnx.HandmadeModels.chain;
import static io.distillstream.onnx.HandmadeModels.node;
import static io.distillstream.onnx.HandmadeModels.withConstant;
import static io.distillstream.onnx.HandmadeModels.write;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of graphs that cannot be run, and what is put right in others. */
class BadGraphsTest {
  @TempDir Path folder;

  @Test
  void shouldNameTheNodesOfACycle() throws IOException {
    Path file =
        write(
            folder,
            graph -> {
              graph.addNode(node("before", "Abs", List.of("x"), "a"));
              graph.addNode(node("first", "Add", List.of("a", "c"), "b"));
              graph.addNode(node("second", "Neg", List.of("b"), "c"));
              graph.addNode(node("behind", "Neg", List.of("c"), "y"));
            });

    assertRefused(
        file,
        "The graph has a cycle, its nodes wait for each other: Node first (Add) → Node second (Neg) → Node first (Add)");
  }

  @Test
  void shouldSortNodesThatAreOutOfOrder() throws IOException {
    Path file =
        write(
            folder,
            graph -> {
              graph.addNode(node("third", "Neg", List.of("b"), "y"));
              graph.addNode(node("second", "Abs", List.of("a"), "b"));
              graph.addNode(node("first", "Neg", List.of("x"), "a"));
            });

    assertThat(OnnxModel.read(file).nodes())
        .extracting(NodeProto::getName)
        .containsExactly("first", "second", "third");
  }

  @Test
  void shouldLeaveSortedNodesInTheirOrder() {
    assertThat(chain().nodes()).extracting(NodeProto::getName).containsExactly("n1", "n2", "n3");
  }

  @Test
  void shouldNameWhatIsDefinedTwice() throws IOException {
    assertRefused(
        write(
            folder,
            graph -> {
              graph.addNode(node("n1", "Abs", List.of("x"), "y"));
              graph.addNode(node("n2", "Neg", List.of("x"), "y"));
            }),
        "y is defined twice, again by Node n2 (Neg)");
  }

  @Test
  void shouldTellNodesOfOneNameApart() throws IOException {
    Path file =
        write(
            folder,
            graph -> {
              graph.addNode(node("n", "Abs", List.of("x"), "a"));
              graph.addNode(node("n", "Neg", List.of("a"), "b"));
              graph.addNode(node("n_2", "Neg", List.of("b"), "c"));
              graph.addNode(node("", "Neg", List.of("c"), "d"));
              graph.addNode(node("", "Neg", List.of("d"), "y"));
            });

    assertThat(OnnxModel.read(file).nodes())
        .extracting(NodeProto::getName)
        .containsExactly("n", "n_3", "n_2", "", "");
  }

  @Test
  void shouldNameWhatNothingDefines() throws IOException {
    assertRefused(
        write(folder, graph -> graph.addNode(node("n", "Add", List.of("x", "lost"), "y"))),
        "Node n (Add) uses lost, which no input, initializer or earlier node defines");
    assertRefused(
        write(folder, graph -> graph.addNode(node("n", "Abs", List.of("x"), "z"))),
        "Graph output y is computed by no node");
  }

  @Test
  void shouldNameADomainThatIsNotImported() throws IOException {
    assertRefused(
        write(
            folder,
            graph ->
                graph.addNode(
                    node("n", "Swish", List.of("x"), "y").toBuilder().setDomain("org.example"))),
        "Node n (Swish) is of the domain org.example, whose operator set is not imported");
  }

  @Test
  void shouldNameAnOutputWithoutAType() throws IOException {
    Path file =
        write(
            folder,
            graph -> {
              graph.addNode(node("n", "Abs", List.of("x"), "y"));
              graph.setOutput(0, ValueInfoProto.newBuilder().setName("y"));
            });

    assertRefused(file, "does not say of what type its input or output y is");
  }

  @Test
  void shouldNameAConstantOfAnotherSizeThanItClaims() throws IOException {
    TensorProto raw = Tensor.float32("w", new float[6], 2, 3).proto();
    assertRefused(
        withConstant(folder, raw.toBuilder().setDims(1, 4).build()),
        "Tensor w: FLOAT32 [2, 4] needs 32 bytes, has 24");
    assertRefused(
        withConstant(folder, raw.toBuilder().clearRawData().addFloatData(1).build()),
        "Tensor w: FLOAT32 [2, 3] needs 6 values, has 1");
    assertRefused(
        withConstant(folder, raw.toBuilder().setDims(0, -1).build()),
        "Tensor w has a negative dimension");
    assertRefused(
        withConstant(folder, raw.toBuilder().setDims(0, 1L << 40).setDims(1, 1L << 40).build()),
        "Tensor w is too large");
  }

  @Test
  void shouldRefuseSparseConstants() throws IOException {
    assertRefused(
        write(
            folder,
            graph ->
                graph
                    .addNode(node("n", "Add", List.of("x", "s"), "y"))
                    .addSparseInitializer(
                        SparseTensorProto.newBuilder()
                            .setValues(Tensor.float32("s", new float[1], 1).proto()))),
        "Initializer s is sparse; only dense ones are supported");
  }
}
