package io.distillstream.teacher.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.safetensors.SafetensorsWriter;
import io.distillstream.teacher.TeacherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadFileTest {
  private static final ClassifierHead HEAD =
      new ClassifierHead(
          new LabelSpace(List.of("ja", "nein, \"nie\"")),
          new DenseLayer(new float[] {0.5f, -1.25f, 3, 4, 0.1f, 6}, new float[] {1, 2, 3}),
          new DenseLayer(new float[] {1, 2, 3, 4, 5, 6}, new float[] {-1, 0.5f}),
          Map.of(HeadFile.ENCODER_SHA256, "abc", "seed", "1"));

  @TempDir Path folder;

  private Path written(String name) throws IOException {
    Path file = folder.resolve(name);
    HeadFile.write(HEAD, file);
    return file;
  }

  private static HeadFile read(Path file) {
    return HeadFile.read(new ModelLocation(file.toString()));
  }

  @Test
  void shouldComeBackAsItWasWritten() throws IOException {
    Path file = written("head.safetensors");
    HeadFile read = read(file);
    assertThat(read.sha256()).isEqualTo(Sha256.hex(Files.readAllBytes(file)));
    assertThat(read.head().labels()).isEqualTo(HEAD.labels());
    assertThat(read.head().provenance()).isEqualTo(HEAD.provenance());
    assertThat(read.head().output().weight()).containsExactly(HEAD.output().weight());
    assertThat(read.head().hidden().weight()[4]).isEqualTo(0.099975586f);
  }

  @Test
  void shouldWriteEqualHeadsAsEqualBytes() throws IOException {
    assertThat(written("one")).hasSameBinaryContentAs(written("other"));
  }

  @Test
  void shouldRefuseAFileWithAnyWeightChanged() throws IOException {
    Path file = written("head.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    int tensorBytes = 2 * (6 + 3 + 6 + 2);
    for (int i = bytes.length - tensorBytes; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 1;
      Files.write(file, damaged);
      assertThatThrownBy(() -> read(file))
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining("tensors-sha256");
    }
  }

  @Test
  void shouldRefuseAMissingFileAndOneThatIsNoHead() throws IOException {
    Path other = folder.resolve("other.safetensors");
    new SafetensorsWriter().floats("w", new float[2], 2).write(other);
    for (Path file : List.of(other, folder.resolve("missing"))) {
      assertThatThrownBy(() -> read(file))
          .isInstanceOf(TeacherException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void shouldRefuseAHeadFittedOnAnotherEncoder() throws IOException {
    ModelLocation head = new ModelLocation(written("head.safetensors").toString());
    assertThatThrownBy(() -> EncoderTeacher.open("test", EncoderSettings.miniLm(), head).close())
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining("fitted on encoder abc");
  }
}
