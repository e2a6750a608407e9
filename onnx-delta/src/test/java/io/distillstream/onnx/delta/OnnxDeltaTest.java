package io.distillstream.onnx.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.delta.DeltaCodec;
import io.distillstream.delta.DeltaWriter;
import io.distillstream.delta.ModelDelta;
import io.distillstream.foundation.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxDeltaTest {
  private static final String VOCABULARY = "the words that a tokenizer knows ".repeat(500);

  @TempDir private Path folder;

  @Test
  void shouldMakeTheNextVersion() throws IOException {
    Students student = new Students(2_000, 1);
    byte[] from = student.model(metadata("version 7")).bytes();
    student.train(0.1, 1.001f, 2);
    byte[] to = student.model(metadata("version 8, which has seen more")).bytes();

    OnnxDelta delta = OnnxDelta.between(from, to).orElseThrow();

    assertThat(applied(from, delta)).isEqualTo(to);
    assertThat(delta.codec()).isEqualTo(DeltaCodec.CONTEXT_MIXING);
    assertThat(delta.fromSha256()).isEqualTo(Sha256.hex(from));
    assertThat(delta.toSha256()).isEqualTo(Sha256.hex(to));
    assertThat(delta.resultBytes()).isEqualTo(to.length);
    assertThat(delta.bytes().length).isLessThan(DeltaWriter.deflated(from, to).length * 3 / 4);
  }

  @Test
  void shouldTakeLessForNumbersOfFewerBits() throws IOException {
    OnnxDelta rounded = deltaOfBias(-1 << 11);
    OnnxDelta exact = deltaOfBias(-1);

    assertThat(rounded.bytes().length).isLessThan(exact.bytes().length - Students.WIDTH * 6 / 8);
  }

  private OnnxDelta deltaOfBias(int mask) throws IOException {
    Students student = new Students(2_000, 1);
    byte[] from = student.model(metadata("a"), bias(1, mask)).bytes();
    byte[] to = student.model(metadata("a"), bias(2, mask)).bytes();
    OnnxDelta delta = OnnxDelta.between(from, to).orElseThrow();
    assertThat(applied(from, delta)).isEqualTo(to);
    return delta;
  }

  private static float[] bias(long seed, int mask) {
    Random random = new Random(seed);
    float[] bias = new float[Students.WIDTH];
    for (int i = 0; i < bias.length; i++) {
      bias[i] = Float.intBitsToFloat(Float.floatToRawIntBits(random.nextFloat() + 1) & mask);
    }
    return bias;
  }

  @Test
  void shouldTakeNextToNothingWhereOnlyMetadataChanged() throws IOException {
    Students student = new Students(2_000, 1);
    byte[] from = student.model(metadata("version 7")).bytes();
    byte[] to = student.model(metadata("version 8000")).bytes();

    OnnxDelta delta = OnnxDelta.between(from, to).orElseThrow();

    assertThat(applied(from, delta)).isEqualTo(to);
    assertThat(delta.bytes().length).isLessThan(160);
  }

  @Test
  void shouldFollowAVocabularyThatGrew() throws IOException {
    byte[] from = new Students(2_000, 1).model(metadata("a")).bytes();
    byte[] to = new Students(2_500, 1).model(metadata("a")).bytes();

    OnnxDelta delta = OnnxDelta.between(from, to).orElseThrow();

    assertThat(applied(from, delta)).isEqualTo(to);
    assertThat(delta.bytes().length).isLessThan(to.length / 3);
  }

  @Test
  void shouldTakeAnyFiles() throws IOException {
    byte[] from = "no ONNX file, ".repeat(100).getBytes(StandardCharsets.UTF_8);
    byte[] to = ("yet " + "no ONNX file, ".repeat(90)).getBytes(StandardCharsets.UTF_8);

    OnnxDelta delta = OnnxDelta.between(from, to).orElseThrow();

    assertThat(applied(from, delta)).isEqualTo(to);
    assertThat(delta.bytes().length).isLessThan(150);
  }

  @Test
  void shouldSayThatNoDeltaIsSmaller() {
    byte[] from = new byte[10_000];
    byte[] to = new byte[10_000];
    new Random(1).nextBytes(from);
    new Random(2).nextBytes(to);

    assertThat(OnnxDelta.between(from, to)).isEqualTo(Optional.empty());
  }

  private static Map<String, String> metadata(String version) {
    return Map.of("version", version, "vocabulary", VOCABULARY);
  }

  private byte[] applied(byte[] from, OnnxDelta delta) throws IOException {
    Path made = folder.resolve("made");
    ModelDelta.apply(
        Files.write(folder.resolve("old"), from),
        Files.write(folder.resolve("delta"), delta.bytes()),
        made,
        delta.resultBytes());
    return Files.readAllBytes(made);
  }
}
