package io.distillstream.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
  @TempDir Path folder;

  @Test
  void shouldReadAndWriteARealEncoder() throws IOException, OrtException {
    OnnxModel encoder = miniLm();

    assertThat(encoder.inputs())
        .extracting(Port::name)
        .containsExactly("input_ids", "attention_mask", "token_type_ids");
    assertThat(encoder.outputs()).extracting(Port::name).containsExactly("last_hidden_state");
    assertThat(encoder.opset()).isEqualTo(11);
    assertThat(encoder.nodes()).extracting(NodeProto::getOpType).contains("Gather", "MatMul");
    Tensor words = encoder.initializer("embeddings.word_embeddings.weight").orElseThrow();
    assertThat(words.dims()).containsExactly(30522L, 384L);
    assertThat(words.floats()).hasSize(30522 * 384).doesNotContain(Float.NaN);

    Path copy = folder.resolve("copy.onnx");
    encoder.withMetadata(Map.of("made-by", "a test")).write(copy);
    assertThat(Files.size(copy)).isBetween(90_000_000L, 91_000_000L);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(copy.toString())) {
      assertThat(session.getMetadata().getCustomMetadata()).containsEntry("made-by", "a test");
    }
    assertThat(OnnxModel.read(copy).metadata()).containsExactly(Map.entry("made-by", "a test"));
  }

  @Test
  void shouldReplaceAFileAndLeaveNothingElseBehind() throws IOException {
    Path file = folder.resolve("model.onnx");
    Files.writeString(file, "an older file");

    small().write(file);

    assertThat(OnnxModel.read(file).bytes()).isEqualTo(small().bytes());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void shouldNameTheFileThatIsNoModel() throws IOException {
    Path file = folder.resolve("poem.onnx");
    Files.writeString(file, "Die Rose ist ohne Warum; sie blühet, weil sie blühet");

    assertThatThrownBy(() -> OnnxModel.read(file))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("poem.onnx is not an ONNX model");
    assertThatThrownBy(() -> OnnxModel.read(new byte[0]))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("no graph");
    assertThatThrownBy(
            () ->
                OnnxModel.read(new ByteArrayInputStream("<html>".getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(InvalidModelException.class);
    byte[] torn = small().bytes();
    assertThatThrownBy(() -> OnnxModel.read(Arrays.copyOf(torn, torn.length - 3)))
        .isInstanceOf(InvalidModelException.class);
  }

  private static OnnxModel small() {
    GraphBuilder graph =
        GraphBuilder.named("small")
            .input("x", ElementType.FLOAT32, Dimension.of("n"))
            .output("y", ElementType.FLOAT32, Dimension.of("n"))
            .node("Abs", List.of("x"), List.of("y"));
    return graph.build(Map.of("made-by", "a test"));
  }

  private static OnnxModel miniLm() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(OnnxModelTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx"))) {
      return OnnxModel.read(in);
    }
  }
}
