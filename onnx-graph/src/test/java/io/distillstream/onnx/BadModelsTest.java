package io.distillstream.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of files that cannot be used. */
class BadModelsTest {
  @TempDir Path folder;

  @Test
  void shouldSayThatAFileIsEmpty() throws IOException {
    Path file = Files.createFile(folder.resolve("nothing.onnx"));

    assertRefused(file, "nothing.onnx is not an ONNX model: it is empty");
  }

  @Test
  void shouldSayThatAFileMayBeTorn() throws IOException {
    byte[] whole = chain().bytes();
    Path file = Files.write(folder.resolve("torn.onnx"), Arrays.copyOf(whole, whole.length / 2));

    assertRefused(file, "torn.onnx is not an ONNX model, or only a part of one");
  }

  @ParameterizedTest
  @CsvSource({
    "version https://git-lfs.github.com/spec/v1, git lfs pull",
    "'\0\0\0\0ORTM…', ORT format",
    "'\0\0\0\0TFL3…', TensorFlow Lite",
    "'PK\u0003\u0004…', export the model to ONNX",
    "'\u0089HDF\r\n…', Keras",
    "<!doctype html>, a server answered",
  })
  void shouldRecogniseWhatIsTakenForAModel(String content, String explanation) throws IOException {
    Path file = folder.resolve("other.onnx");
    Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));

    assertRefused(file, explanation);
  }

  @Test
  void shouldNameTheNodesOfACycle() throws IOException {
    Path file =
        write(
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
        write(graph -> graph.addNode(node("n", "Add", List.of("x", "lost"), "y"))),
        "Node n (Add) uses lost, which no input, initializer or earlier node defines");
    assertRefused(
        write(graph -> graph.addNode(node("n", "Abs", List.of("x"), "z"))),
        "Graph output y is computed by no node");
  }

  @Test
  void shouldNameADomainThatIsNotImported() throws IOException {
    assertRefused(
        write(
            graph ->
                graph.addNode(
                    node("n", "Swish", List.of("x"), "y").toBuilder().setDomain("org.example"))),
        "Node n (Swish) is of the domain org.example, whose operator set is not imported");
  }

  @Test
  void shouldNameAnOutputWithoutAType() throws IOException {
    Path file =
        write(
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
        withConstant(raw.toBuilder().setDims(1, 4).build()),
        "Tensor w: FLOAT32 [2, 4] needs 32 bytes, has 24");
    assertRefused(
        withConstant(raw.toBuilder().clearRawData().addFloatData(1).build()),
        "Tensor w: FLOAT32 [2, 3] needs 6 values, has 1");
    assertRefused(
        withConstant(raw.toBuilder().setDims(0, -1).build()), "Tensor w has a negative dimension");
    assertRefused(
        withConstant(raw.toBuilder().setDims(0, 1L << 40).setDims(1, 1L << 40).build()),
        "Tensor w is too large");
  }

  @Test
  void shouldRefuseSparseConstants() throws IOException {
    assertRefused(
        write(
            graph ->
                graph
                    .addNode(node("n", "Add", List.of("x", "s"), "y"))
                    .addSparseInitializer(
                        SparseTensorProto.newBuilder()
                            .setValues(Tensor.float32("s", new float[1], 1).proto()))),
        "Initializer s is sparse; only dense ones are supported");
  }

  @Test
  void shouldReadWeightsBesideTheModel() throws IOException {
    byte[] values =
        Tensor.float32("", new float[] {0, 1, 2, 3, 4}, 5).proto().getRawData().toByteArray();
    Files.write(folder.resolve("weights.bin"), values);
    Path file = withConstant(external("weights.bin", 3, "offset", "8", "length", "12"));

    OnnxModel model = OnnxModel.read(file);

    assertThat(model.initializer("w").orElseThrow().floats()).containsExactly(2, 3, 4);
    assertThat(OnnxModel.read(model.bytes()).initializer("w").orElseThrow().floats())
        .containsExactly(2, 3, 4);
  }

  @Test
  void shouldReadToTheEndOfAFileOfWeightsWithoutALength() throws IOException {
    Files.write(folder.resolve("weights.bin"), new byte[12]);

    assertThat(OnnxModel.read(withConstant(external("weights.bin", 3))).initializer("w"))
        .hasValueSatisfying(w -> assertThat(w.floats()).containsExactly(0, 0, 0));
  }

  @Test
  void shouldReadWeightsOfConstantNodes() throws IOException {
    Files.write(folder.resolve("weights.bin"), new byte[12]);
    Path file =
        write(
            graph -> {
              NodeProto constant = node("c", "Constant", List.of(), "w");
              TensorProto value = external("weights.bin", 3);
              graph.addNode(
                  constant.toBuilder()
                      .addAttribute(Attribute.integer("value", 0).proto().toBuilder().setT(value)));
              graph.addNode(node("n", "Add", List.of("x", "w"), "y"));
            });

    NodeProto constant = OnnxModel.read(file).nodes().get(0);

    assertThat(Attribute.tensorOf(constant, "value").orElseThrow().floats()).hasSize(3);
  }

  @Test
  void shouldNameTheFileOfWeightsThatIsMissingOrTooShort() throws IOException {
    assertRefused(
        withConstant(external("weights.bin", 3)),
        "Tensor w keeps its values in weights.bin, which is not beside model.onnx");
    Files.write(folder.resolve("weights.bin"), new byte[10]);
    assertRefused(
        withConstant(external("weights.bin", 3, "length", "12")),
        "Tensor w needs bytes 0 to 12 of weights.bin, which has 10");
    assertRefused(
        withConstant(external("weights.bin", 3, "offset", "11")),
        "Tensor w needs bytes 11 to 11 of weights.bin, which has 10");
    assertRefused(
        withConstant(external("weights.bin", 3, "offset", "-4")),
        "offset of its external data must be a number of bytes, is '-4'");
    assertRefused(
        withConstant(external("weights.bin", 3)), "Tensor w: FLOAT32 [3] needs 12 bytes, has 10");
  }

  @ParameterizedTest
  @CsvSource({"../secret.bin", "/etc/passwd", "inner/../../secret.bin", "''"})
  void shouldNotFollowWeightsOutOfTheFolder(String location) throws IOException {
    Files.createDirectory(folder.resolve("inner"));
    Files.write(folder.resolve("secret.bin"), new byte[12]);
    Path models = Files.createDirectory(folder.resolve("models"));
    Path file = Files.move(withConstant(external(location, 3)), models.resolve("model.onnx"));

    assertRefused(file, "accepted are files in the model's own folder only");
  }

  @Test
  void shouldNotFollowALinkOutOfTheFolder() throws IOException {
    Path secret = Files.write(folder.resolve("secret.bin"), new byte[12]);
    Path models = Files.createDirectory(folder.resolve("models"));
    Files.createSymbolicLink(models.resolve("weights.bin"), secret);
    Path file = Files.move(withConstant(external("weights.bin", 3)), models.resolve("model.onnx"));

    assertRefused(file, "accepted are files in the model's own folder only");
  }

  @Test
  void shouldFollowLinksIntoADownloadCache() throws IOException {
    Path blobs = Files.createDirectory(folder.resolve("blobs"));
    Path snapshot = Files.createDirectory(folder.resolve("snapshot"));
    Files.write(blobs.resolve("2"), new byte[12]);
    Files.move(withConstant(external("weights.bin", 3)), blobs.resolve("1"));
    Files.createSymbolicLink(snapshot.resolve("weights.bin"), blobs.resolve("2"));
    Path link = Files.createSymbolicLink(snapshot.resolve("model.onnx"), blobs.resolve("1"));

    assertThat(OnnxModel.read(link).initializer("w")).isPresent();
  }

  @Test
  void shouldAskForAPathWhereWeightsLieElsewhere() throws IOException {
    byte[] bytes = Files.readAllBytes(withConstant(external("weights.bin", 3)));

    assertThatThrownBy(() -> OnnxModel.read(bytes))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("in the file weights.bin; give the path of the model");
  }

  @Test
  void shouldSayWhatToDoWithMoreThanOneFileHolds() throws IOException {
    // Both files are holes: they take no space.
    long bytes = 3L << 30;
    try (RandomAccessFile weights =
        new RandomAccessFile(folder.resolve("weights.bin").toFile(), "rw")) {
      weights.setLength(bytes);
    }
    assertRefused(
        withConstant(external("weights.bin", bytes / Float.BYTES)),
        "an ONNX file in one piece ends at 2147483647. Export it in half precision");
    try (RandomAccessFile model = new RandomAccessFile(folder.resolve("big.onnx").toFile(), "rw")) {
      model.setLength(bytes);
    }
    assertRefused(folder.resolve("big.onnx"), "big.onnx takes 3221225472 bytes");
  }

  @Test
  void shouldCountTheBytesOfAGraphThatIsBuiltBeyondTheLimit() {
    // One array serves all constants, so that the test needs little memory.
    ByteString values = ByteString.copyFrom(new byte[1 << 28]);
    GraphProto.Builder graph = GraphProto.newBuilder();
    for (int i = 0; i < 8; i++) {
      graph.addInitializer(
          TensorProto.newBuilder()
              .setName("w" + i)
              .setDataType(ElementType.INT8.code())
              .addDims(1 << 28)
              .setRawData(values));
    }
    ModelProto model = frame(graph.addNode(node("n", "Abs", List.of("x"), "y")));

    assertThatThrownBy(() -> OnnxModel.of(model))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("The model takes 21474");
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> OnnxModel.read(file))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(message);
  }

  private Path write(Consumer<GraphProto.Builder> body) throws IOException {
    GraphProto.Builder graph = GraphProto.newBuilder();
    GraphProto like =
        named(builder -> builder.node("Abs", List.of("x"), List.of("y"))).proto().getGraph();
    graph.addAllInput(like.getInputList()).addAllOutput(like.getOutputList());
    body.accept(graph);
    return Files.write(folder.resolve("model.onnx"), frame(graph).toByteArray());
  }

  private Path withConstant(TensorProto constant) throws IOException {
    return write(
        graph -> graph.addNode(node("n", "Add", List.of("x", "w"), "y")).addInitializer(constant));
  }

  private static ModelProto frame(GraphProto.Builder graph) {
    return chain().proto().toBuilder()
        .setGraph(
            graph.getInputCount() > 0
                ? graph
                : graph
                    .addAllInput(chain().proto().getGraph().getInputList())
                    .addAllOutput(chain().proto().getGraph().getOutputList()))
        .build();
  }

  private static TensorProto external(String location, long elements, String... entries) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(ElementType.FLOAT32.code())
            .addDims(elements)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(OnnxModel.entry("location", location));
    for (int i = 0; i < entries.length; i += 2) {
      tensor.addExternalData(OnnxModel.entry(entries[i], entries[i + 1]));
    }
    return tensor.build();
  }

  private static NodeProto node(String name, String op, List<String> inputs, String output) {
    return NodeProto.newBuilder()
        .setName(name)
        .setOpType(op)
        .addAllInput(inputs)
        .addOutput(output)
        .build();
  }

  private static OnnxModel chain() {
    return named(
        graph ->
            graph
                .node(node("n1", "Abs", List.of("x"), "a"))
                .node(node("n2", "Neg", List.of("a"), "b"))
                .node(node("n3", "Abs", List.of("b"), "y")));
  }

  private static OnnxModel named(UnaryOperator<GraphBuilder> body) {
    return body.apply(
            GraphBuilder.named("test")
                .input("x", ElementType.FLOAT32, Dimension.of("n"))
                .output("y", ElementType.FLOAT32, Dimension.of("n")))
        .build(Map.of());
  }
}
