package io.distillstream.teacher.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.Sha256;
import io.distillstream.model.ModelLocation;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.encoder.EncoderSettings;
import io.distillstream.teacher.encoder.EncoderTeacher;
import io.distillstream.teacher.encoder.HeadFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadFittingTest {
  private static final FitSettings SETTINGS =
      FitSettings.standard()
          .withEncoder(EncoderSettings.miniLm().withThreads(1))
          .withRecipe(new HeadRecipe(32, 16, 30, 3e-3f, 0.01f, 0.2f, 0.05f, 1));

  private static final List<String> ANIMALS =
      List.of("cat", "dog", "horse", "cow", "lion", "tiger", "mouse", "wolf", "goat", "sheep");
  private static final List<String> TOOLS =
      List.of("hammer", "saw", "drill", "wrench", "pliers", "chisel", "axe", "file", "vice", "awl");

  @TempDir Path folder;

  private Path labelled() throws IOException {
    List<String> lines = new ArrayList<>(List.of("text,label"));
    ANIMALS.forEach(name -> lines.add("a photo of a %s,animal".formatted(name)));
    TOOLS.forEach(name -> lines.add("a photo of a %s,tool".formatted(name)));
    return Files.write(folder.resolve("labelled.csv"), lines);
  }

  @Test
  void shouldFitATeacherOnAnyonesLabels() throws IOException {
    Path labelled = labelled();
    Path out = folder.resolve("head.safetensors");
    List<String> progress = new ArrayList<>();
    FittedHead fitted = HeadFitting.fit(SETTINGS, labelled, out, progress::add);

    ModelLocation location = new ModelLocation(out.toString());
    Map<String, String> provenance = HeadFile.read(location).head().provenance();
    assertThat(fitted.examples()).isEqualTo(20);
    assertThat(fitted.classes()).isEqualTo(2);
    assertThat(fitted.sha256()).isEqualTo(Sha256.hex(Files.readAllBytes(out)));
    assertThat(provenance)
        .containsEntry("labelled-sha256", Sha256.hex(Files.readAllBytes(labelled)))
        .containsEntry("examples", "20")
        .containsEntry("seed", "1")
        .containsKeys("engine", "validation-accuracy", "encoder-sha256");
    assertThat(progress)
        .anyMatch(line -> line.startsWith("Encoded 20 of 20 texts"))
        .anyMatch(line -> line.startsWith("Epoch 30 of 30"));
    try (EncoderTeacher teacher = EncoderTeacher.open("mine", SETTINGS.encoder(), location)) {
      float[][] logits =
          SortedBatches.logits(teacher, List.of("a rabbit in the grass", "a screwdriver"), 8);
      assertThat(teacher.labels().labels()).containsExactly("animal", "tool");
      assertThat(teacher.version()).matches("[0-9a-f]{12}");
      assertThat(logits[0][0]).isGreaterThan(logits[0][1]);
      assertThat(logits[1][1]).isGreaterThan(logits[1][0]);
    }
  }

  @Test
  void shouldGiveTheSameFileForTheSameSeed() throws IOException {
    Path labelled = labelled();
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    HeadFitting.fit(SETTINGS, labelled, one, line -> {});
    HeadFitting.fit(SETTINGS, labelled, other, line -> {});
    assertThat(one).hasSameBinaryContentAs(other);
  }

  @Test
  void shouldRefuseTooFewExamplesOrClasses() throws IOException {
    Path same = Files.writeString(folder.resolve("same.csv"), "text,label\n" + "a,b\n".repeat(20));
    assertThatThrownBy(() -> HeadFitting.fit(SETTINGS, same, folder.resolve("no"), line -> {}))
        .isInstanceOf(LabelledFileException.class)
        .hasMessageContaining("same.csv")
        .hasMessageContaining("at least 2 classes");
    assertThat(folder.resolve("no")).doesNotExist();
  }
}
