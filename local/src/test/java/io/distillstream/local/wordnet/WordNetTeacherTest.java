package io.distillstream.local.wordnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.foundation.Sha256;
import io.distillstream.model.ArgMax;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.encoder.EncoderSettings;
import io.distillstream.teacher.encoder.EncoderTeacher;
import io.distillstream.teacher.encoder.HeadFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordNetTeacherTest {
  /** Of 3,000, on all of which the head reaches 0.787. */
  private static final int SAMPLE = 400;

  @TempDir Path folder;

  @Test
  void shouldNameTheClassOfGlossesItNeverSaw() {
    List<LabelledText> heldOut = WordNetGlosses.load().heldOut().subList(0, SAMPLE);
    List<String> texts = heldOut.stream().map(LabelledText::text).toList();
    try (EncoderTeacher teacher =
        EncoderTeacher.open("wordnet", EncoderSettings.miniLm(), EncoderTeacher.WORDNET_HEAD)) {
      float[][] logits = SortedBatches.logits(teacher, texts, 32);
      int right = 0;
      for (int i = 0; i < logits.length; i++) {
        if (teacher.labels().label(ArgMax.of(logits[i])).equals(heldOut.get(i).label())) {
          right++;
        }
      }
      assertThat((double) right / SAMPLE).isBetween(0.74, 0.84);
    }
  }

  @Test
  void shouldHaveBeenFittedOnExactlyTheLabelledGlosses() throws IOException {
    Path csv = folder.resolve("labelled.csv");
    GlossCsv.write(WordNetGlosses.load().labelled(), csv);
    Map<String, String> provenance = HeadFile.read(EncoderTeacher.WORDNET_HEAD).head().provenance();
    assertThat(provenance)
        .containsEntry("labelled-sha256", Sha256.hex(Files.readAllBytes(csv)))
        .containsEntry("examples", "12000");
  }
}
