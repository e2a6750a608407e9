package io.distillstream.onnx;

import static io.distillstream.onnx.HandmadeModels.assertRefused;
import static io.distillstream.onnx.HandmadeModels.chain;
import static io.distillstream.onnx.HandmadeModels.external;
import static io.distillstream.onnx.HandmadeModels.frame;
import static io.distillstream.onnx.HandmadeModels.node;
import static io.distillstream.onnx.HandmadeModels.withConstant;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of files that are no models, or too large for one. */
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
  void shouldSayWhatToDoWithMoreThanOneFileHolds() throws IOException {
    // Both files are holes: they take no space.
    long bytes = 3L << 30;
    try (RandomAccessFile weights =
        new RandomAccessFile(folder.resolve("weights.bin").toFile(), "rw")) {
      weights.setLength(bytes);
    }
    assertRefused(
        withConstant(folder, external("weights.bin", bytes / Float.BYTES)),
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
}
