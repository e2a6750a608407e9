package io.distillstream.quantizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.scheme.DynamicInt8;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A model that others trained and exported: all-MiniLM-L6-v2, 22.6 million parameters. */
class MiniLmTest {
  private static final int WIDTH = 384;
  private static final List<String> SENTENCES =
      List.of(
          "the act of removing the outer covering of something",
          "a small flightless bird of the genus Apteryx",
          "having no money at the end of the month is a nuisance",
          "an instrument for measuring the humidity of the atmosphere",
          "the branch of physics that studies sound",
          "42");

  @Test
  void shouldQuantizeARealEncoderToAQuarterWithoutChangingItsEmbeddings() throws IOException {
    OnnxModel fp32 = encoder();
    WordPieceTokenizer tokenizer = tokenizer();
    DynamicInt8 int8 = new DynamicInt8(fp32);

    OnnxModel artifact = int8.quantize(Set.of());

    // Six layers of four projections and two feed-forward products; word and position tables.
    assertThat(int8.layers()).hasSize(6 * 6 + 2);
    assertThat((double) artifact.sizeBytes() / fp32.sizeBytes()).isBetween(0.25, 0.26);
    try (TextModel expected = OnnxRuntimeModel.load(fp32.bytes());
        TextModel actual = OnnxRuntimeModel.load(artifact.bytes())) {
      for (String sentence : SENTENCES) {
        int[] tokens = tokenizer.encode(sentence, 64);
        assertThat(cosine(meanPooled(expected.run(tokens)), meanPooled(actual.run(tokens))))
            .as(sentence)
            .isGreaterThan(0.99);
      }
    }
  }

  private static double[] meanPooled(float[] hidden) {
    double[] mean = new double[WIDTH];
    for (int i = 0; i < hidden.length; i++) {
      mean[i % WIDTH] += (double) hidden[i] * WIDTH / hidden.length;
    }
    return mean;
  }

  private static double cosine(double[] a, double[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static OnnxModel encoder() throws IOException {
    try (InputStream in = resource("/all-minilm-l6-v2.onnx")) {
      return OnnxModel.read(in);
    }
  }

  private static WordPieceTokenizer tokenizer() throws IOException {
    try (InputStream in = resource("/all-minilm-l6-v2-tokenizer.json")) {
      return WordPieceTokenizer.fromTokenizerJson(in);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(MiniLmTest.class.getResourceAsStream(name));
  }
}
