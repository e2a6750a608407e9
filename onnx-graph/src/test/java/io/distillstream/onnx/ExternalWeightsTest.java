package io.distillstream.onnx;

import static io.distillstream.onnx.HandmadeModels.assertRefused;
import static io.distillstream.onnx.HandmadeModels.external;
import static io.distillstream.onnx.HandmadeModels.node;
import static io.distillstream.onnx.HandmadeModels.withConstant;
import static io.distillstream.onnx.HandmadeModels.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights in a file beside the model. */
class ExternalWeightsTest {
  @TempDir Path folder;

  @Test
  void shouldReadWeightsBesideTheModel() throws IOException {
    byte[] values =
        Tensor.float32("", new float[] {0, 1, 2, 3, 4}, 5).proto().getRawData().toByteArray();
    Files.write(folder.resolve("weights.bin"), values);
    Path file = withConstant(folder, external("weights.bin", 3, "offset", "8", "length", "12"));

    OnnxModel model = OnnxModel.read(file);

    assertThat(model.initializer("w").orElseThrow().floats()).containsExactly(2, 3, 4);
    assertThat(OnnxModel.read(model.bytes()).initializer("w").orElseThrow().floats())
        .containsExactly(2, 3, 4);
  }

  @Test
  void shouldReadToTheEndOfAFileOfWeightsWithoutALength() throws IOException {
    Files.write(folder.resolve("weights.bin"), new byte[12]);

    assertThat(OnnxModel.read(withConstant(folder, external("weights.bin", 3))).initializer("w"))
        .hasValueSatisfying(w -> assertThat(w.floats()).containsExactly(0, 0, 0));
  }

  @Test
  void shouldReadWeightsOfConstantNodes() throws IOException {
    Files.write(folder.resolve("weights.bin"), new byte[12]);
    Path file =
        write(
            folder,
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
        withConstant(folder, external("weights.bin", 3)),
        "Tensor w keeps its values in weights.bin, which is not beside model.onnx");
    Files.write(folder.resolve("weights.bin"), new byte[10]);
    assertRefused(
        withConstant(folder, external("weights.bin", 3, "length", "12")),
        "Tensor w needs bytes 0 to 12 of weights.bin, which has 10");
    assertRefused(
        withConstant(folder, external("weights.bin", 3, "offset", "11")),
        "Tensor w needs bytes 11 to 11 of weights.bin, which has 10");
    assertRefused(
        withConstant(folder, external("weights.bin", 3, "offset", "-4")),
        "offset of its external data must be a number of bytes, is '-4'");
    assertRefused(
        withConstant(folder, external("weights.bin", 3)),
        "Tensor w: FLOAT32 [3] needs 12 bytes, has 10");
  }

  @ParameterizedTest
  @CsvSource({"../secret.bin", "/etc/passwd", "inner/../../secret.bin", "''"})
  void shouldNotFollowWeightsOutOfTheFolder(String location) throws IOException {
    Files.createDirectory(folder.resolve("inner"));
    Files.write(folder.resolve("secret.bin"), new byte[12]);
    Path models = Files.createDirectory(folder.resolve("models"));
    Path file =
        Files.move(withConstant(folder, external(location, 3)), models.resolve("model.onnx"));

    assertRefused(file, "accepted are files in the model's own folder only");
  }

  @Test
  void shouldNotFollowALinkOutOfTheFolder() throws IOException {
    Path secret = Files.write(folder.resolve("secret.bin"), new byte[12]);
    Path models = Files.createDirectory(folder.resolve("models"));
    Files.createSymbolicLink(models.resolve("weights.bin"), secret);
    Path file =
        Files.move(withConstant(folder, external("weights.bin", 3)), models.resolve("model.onnx"));

    assertRefused(file, "accepted are files in the model's own folder only");
  }

  @Test
  void shouldFollowLinksIntoADownloadCache() throws IOException {
    Path blobs = Files.createDirectory(folder.resolve("blobs"));
    Path snapshot = Files.createDirectory(folder.resolve("snapshot"));
    Files.write(blobs.resolve("2"), new byte[12]);
    Files.move(withConstant(folder, external("weights.bin", 3)), blobs.resolve("1"));
    Files.createSymbolicLink(snapshot.resolve("weights.bin"), blobs.resolve("2"));
    Path link = Files.createSymbolicLink(snapshot.resolve("model.onnx"), blobs.resolve("1"));

    assertThat(OnnxModel.read(link).initializer("w")).isPresent();
  }

  @Test
  void shouldAskForAPathWhereWeightsLieElsewhere() throws IOException {
    byte[] bytes = Files.readAllBytes(withConstant(folder, external("weights.bin", 3)));

    assertThatThrownBy(() -> OnnxModel.read(bytes))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("in the file weights.bin; give the path of the model");
  }
}
