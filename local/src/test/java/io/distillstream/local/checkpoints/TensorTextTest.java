package io.distillstream.local.checkpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.model.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorTextTest {

  @TempDir private Path folder;

  @Test
  void shouldGiveNormsOfEveryTensor() throws IOException {
    Path state = folder.resolve("state.safetensors");
    new SafetensorsWriter().floats("weights.a", new float[] {3, 0, -4, 0}, 2, 2).write(state);
    assertThat(words(TensorText.norms(state).get(1)))
        .containsExactly("weights.a", "[2,", "2]", "5.000", "4.000", "50.0", "%");
  }

  @Test
  void shouldSayHowMuchOfEachWeightTensorChanged() throws IOException {
    Path before = folder.resolve("before.safetensors");
    Path after = folder.resolve("after.safetensors");
    new SafetensorsWriter()
        .floats("weights.a", new float[] {3, 4, 0, 0}, 4)
        .floats("weights.b", new float[] {1}, 1)
        .floats("weights.c", new float[] {1, 2}, 2)
        .floats("adam.first.a", new float[4], 4)
        .write(before);
    new SafetensorsWriter()
        .floats("weights.a", new float[] {3, 4, 0, 1}, 4)
        .floats("weights.c", new float[] {1}, 1)
        .floats("weights.d", new float[] {1}, 1)
        .write(after);
    List<String> lines = TensorText.changes(before, after);
    assertThat(lines).hasSize(5);
    assertThat(words(lines.get(1)))
        .containsExactly("weights.a", "[4]", "0.2000", "25.0", "%", "1.000");
    assertThat(lines.get(2)).contains("weights.b").contains("removed");
    assertThat(lines.get(3)).contains("[2] → [1]").contains("reshaped");
    assertThat(lines.get(4)).contains("weights.d").contains("added");
  }

  private static String[] words(String line) {
    return line.trim().split("\\s+");
  }
}
