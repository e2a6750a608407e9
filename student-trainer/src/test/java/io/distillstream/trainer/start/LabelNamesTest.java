package io.distillstream.trainer.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.model.ModelLocation;
import io.distillstream.trainer.engine.TrainingStoppedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelNamesTest {

  @Test
  void shouldReadLabelNamesFromATextFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("labels.txt");
    Files.writeString(file, "noun.act\n\n  noun.animal \n");

    assertThat(LabelNames.read(new ModelLocation(file.toString())).labels())
        .isEqualTo(List.of("noun.act", "noun.animal"));
  }

  @Test
  void shouldSayWhereLabelNamesAreMissing() {
    assertThatThrownBy(
            () -> LabelNames.read(new ModelLocation("classpath:/no/such/head.safetensors")))
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("classpath:/no/such/head.safetensors");
  }
}
