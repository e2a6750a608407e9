package io.distillstream.teacher.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.model.ModelLocation;
import io.distillstream.teacher.TeacherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxTextEncoderTest {
  private static OnnxTextEncoder encoder;

  @TempDir Path folder;

  @BeforeAll
  @SuppressWarnings("MustBeClosedChecker") // Closed after the last test.
  static void open() {
    encoder = OnnxTextEncoder.open(EncoderSettings.miniLm().withThreads(1));
  }

  @AfterAll
  static void close() {
    encoder.close();
  }

  private static float[][] encode(String... texts) {
    return encoder.encode(List.of(texts).stream().map(encoder::tokenize).toList());
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  void shouldGiveTheVectorsOfTheModelsAuthors() {
    // The example sentences of the model card, with what the sentence-transformers library gives.
    float[][] vectors = encode("This is an example sentence", "Each sentence is converted");
    assertThat(vectors[0]).hasSize(384);
    assertThat(Arrays.copyOf(vectors[0], 3))
        .containsExactly(new float[] {0.0676569f, 0.0634959f, 0.0487131f}, within(1e-5f));
    assertThat(Arrays.copyOf(vectors[1], 3))
        .containsExactly(new float[] {0.0864386f, 0.1027627f, 0.0053945f}, within(1e-5f));
  }

  @Test
  void shouldGiveTheSameVectorAloneAndPaddedBesideALongerText() {
    String text = "a small domesticated animal";
    float[] alone = encode(text)[0];
    float[] padded = encode(text, "a long sentence with many, many words ".repeat(5))[0];
    assertThat(dot(alone, alone)).isCloseTo(1, within(1e-5));
    assertThat(dot(alone, padded)).isCloseTo(1, within(1e-5));
  }

  @Test
  void shouldPutTextsOfLikeMeaningCloser() {
    float[][] vectors = encode("a cat sat on the mat", "a kitten on a rug", "interest rates rose");
    assertThat(dot(vectors[0], vectors[1])).isGreaterThan(dot(vectors[0], vectors[2]) + 0.3);
  }

  @Test
  void shouldReadNoMoreThanTheMostTokens() {
    String text = "word ".repeat(500);
    assertThat(encoder.tokenize(text).length()).isEqualTo(encoder.settings().maxTokens());
    assertThat(encode(text)[0]).isEqualTo(encode("word ".repeat(62))[0]);
  }

  @Test
  void shouldEncodeAnEmptyTextAndAnEmptyBatch() {
    assertThat(encode()).isEmpty();
    assertThat(dot(encode("")[0], encode("")[0])).isCloseTo(1, within(1e-5));
  }

  @Test
  void shouldNameAMissingOrDamagedModel() throws IOException {
    ModelLocation damaged = new ModelLocation(folder.resolve("damaged.onnx").toString());
    Files.writeString(Path.of(damaged.text()), "not a model");
    ModelLocation missing = new ModelLocation("classpath:/missing.onnx");
    for (ModelLocation location : List.of(damaged, missing)) {
      EncoderSettings settings =
          new EncoderSettings(location, EncoderSettings.miniLm().tokenizer(), 64, 1);
      assertThatThrownBy(() -> OnnxTextEncoder.open(settings).close())
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining(location.text());
    }
  }
}
