package io.distillstream.quantization.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AheadOfTimeTest {

  @Test
  void shouldWriteAFileInOrtFormatThatAnswersTheSameBits() throws Exception {
    OnnxModel model = encoder();

    byte[] file = AheadOfTime.ortFormat(model);

    // The mark of the format, at the place that flatbuffers reserve for it.
    assertThat(new String(Arrays.copyOfRange(file, 4, 8), StandardCharsets.US_ASCII))
        .isEqualTo("ORTM");
    assertThat(run(file)).containsExactly(run(model.bytes()));
  }

  @Test
  void shouldWriteAnOnnxFileWithFusedNodesThatAnswersTheSameBits() throws Exception {
    OnnxModel model = encoder();

    OnnxModel optimized = OnnxModel.read(AheadOfTime.onnxFormat(model));

    assertThat(optimized.nodes()).hasSizeLessThan(model.nodes().size() / 2);
    assertThat(optimized.nodes())
        .extracting(NodeProto::getOpType)
        .contains("LayerNormalization", "BiasGelu");
    assertThat(run(optimized.bytes())).containsExactly(run(model.bytes()));
  }

  @Test
  void shouldRefuseWhatOnnxRuntimeRefuses() {
    OnnxModel model =
        GraphBuilder.named("test")
            .input("x", ElementType.FLOAT32, Dimension.of(1))
            .output("y", ElementType.FLOAT32, Dimension.of(1))
            .node("Nonsense", List.of("x"), List.of("y"))
            .build(Map.of());

    assertThatThrownBy(() -> AheadOfTime.ortFormat(model))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("Nonsense");
  }

  /** In either format, as a device loads it. */
  private static float[] run(byte[] file) throws OrtException {
    long[][] ids = {new SplittableRandom(4).longs(23, 1000, 30000).toArray()};
    long[][] mask = {LongStream.generate(() -> 1).limit(23).toArray()};
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file);
        OnnxTensor words = OnnxTensor.createTensor(environment, ids);
        OnnxTensor present = OnnxTensor.createTensor(environment, mask);
        OnnxTensor types = OnnxTensor.createTensor(environment, new long[1][23]);
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", words, "attention_mask", present, "token_type_ids", types))) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] floats = new float[values.remaining()];
      values.get(floats);
      return floats;
    }
  }

  private static OnnxModel encoder() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            AheadOfTimeTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx"))) {
      return OnnxModel.read(in);
    }
  }
}
