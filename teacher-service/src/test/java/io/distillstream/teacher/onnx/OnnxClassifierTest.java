package io.distillstream.teacher.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.classifier.ClassifierSettings;
import io.distillstream.teacher.classifier.ClassifierSettings.Scores;
import io.distillstream.teacher.classifier.TextClassifier;
import io.distillstream.teacher.encoder.EncoderSettings;
import io.distillstream.teacher.encoder.EncoderTeacher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real classifier, beside the same made of its parts. */
class OnnxClassifierTest {

  private static final List<String> TEXTS =
      List.of(
          "a small domesticated animal",
          "Ünïted STATES",
          "the act of walking, " + "far ".repeat(90));

  @TempDir static Path folder;
  private static ModelLocation model = MiniLmClassifier.TOKENIZER;
  private static ModelLocation labels = MiniLmClassifier.TOKENIZER;

  @BeforeAll
  static void write() throws IOException {
    Path file = folder.resolve("classifier.onnx");
    MiniLmClassifier.write(file);
    model = new ModelLocation(file.toString());
    labels = file("labels.txt", String.join("\n", MiniLmClassifier.HEAD.labels().labels()) + "\n");
  }

  @Test
  void shouldGiveTheLogitsOfTheEncoderWithItsHead() throws IOException {
    float[][] expected;
    try (Teacher parts =
        EncoderTeacher.open(
            "parts", EncoderSettings.miniLm().withThreads(1), EncoderTeacher.WORDNET_HEAD)) {
      expected = SortedBatches.logits(parts, TEXTS, 3);
    }
    for (ModelLocation tokenizer : List.of(MiniLmClassifier.TOKENIZER, vocabulary())) {
      try (TextClassifier whole =
          OnnxClassifier.open("whole", settings(model, tokenizer, labels, "", Scores.LOGITS))) {
        assertThat(whole.labels()).isEqualTo(MiniLmClassifier.HEAD.labels());
        assertThat(whole.size(TEXTS.get(2))).isEqualTo(64);
        float[][] logits = SortedBatches.logits(whole, TEXTS, 3);
        for (int text = 0; text < logits.length; text++) {
          assertThat(logits[text]).containsExactly(expected[text], within(1e-3f));
        }
      }
    }
  }

  @Test
  void shouldTakeTheLogsOfProbabilities() {
    try (TextClassifier logits = open("", Scores.LOGITS);
        TextClassifier probabilities = open("probabilities", Scores.PROBABILITIES)) {
      float[] expected = SortedBatches.logits(logits, TEXTS, 1)[0];
      float[] actual = SortedBatches.logits(probabilities, TEXTS, 1)[0];
      float shift = expected[0] - actual[0];
      for (int c = 0; c < expected.length; c++) {
        assertThat(actual[c] + shift).isCloseTo(expected[c], within(1e-3f));
      }
      assertThat(probabilities.version()).isNotEqualTo(logits.version()).hasSize(12);
    }
  }

  @Test
  void shouldReadLabelsOfAConfiguration() throws IOException {
    ModelLocation config =
        file("config.json", "{\"id2label\": {\"1\": \"good\", \"0\": \"bad\"}, \"x\": 1}");

    assertThat(
            TextClassifier.labels(
                    settings(model, MiniLmClassifier.TOKENIZER, config, "", Scores.LOGITS)
                        .classifier())
                .labels())
        .containsExactly("bad", "good");
    assertRefused(
        settings(model, MiniLmClassifier.TOKENIZER, config, "", Scores.LOGITS),
        "has the shape [1, 24] for 1 texts, but there are 2 labels");
  }

  @Test
  void shouldNameWhatIsWrong() throws IOException {
    ModelLocation tokenizer = MiniLmClassifier.TOKENIZER;
    assertRefused(
        settings(model, tokenizer, labels, "probabilities", Scores.LOGITS),
        "output 'probabilities' holds probabilities, not logits: set"
            + " teacher.onnx-classifier.scores = probabilities");
    assertRefused(
        settings(model, tokenizer, labels, "logits", Scores.PROBABILITIES),
        "set teacher.onnx-classifier.scores = logits");
    assertRefused(
        settings(model, tokenizer, labels, "scores", Scores.LOGITS),
        "has no output 'scores'; it has [logits, probabilities]");
    assertRefused(
        settings(model, file("a.json", "{\"model\": 1}"), labels, "", Scores.LOGITS),
        "a.json cannot be read");
    assertRefused(
        settings(model, file("b.json", "no"), labels, "", Scores.LOGITS), "b.json is not JSON");
    assertRefused(
        settings(model, file("v.txt", "a\nb\n"), labels, "", Scores.LOGITS),
        "The vocabulary has no [PAD]");
    assertRefused(
        settings(file("c.onnx", "no model"), tokenizer, labels, "", Scores.LOGITS),
        "c.onnx cannot be loaded");
    assertRefused(
        settings(
            model, tokenizer, file("d.json", "{\"id2label\": {\"1\": \"x\"}}"), "", Scores.LOGITS),
        "id2label has no name for class 0");
    assertRefused(
        settings(model, tokenizer, file("e.txt", "one\none\n"), "", Scores.LOGITS),
        "\"one\" occurs twice");
  }

  private static void assertRefused(OnnxClassifierSettings settings, String message) {
    assertThatThrownBy(() -> OnnxClassifier.open("x", settings).close())
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @MustBeClosed
  private static TextClassifier open(String output, Scores scores) {
    return OnnxClassifier.open(
        "x", settings(model, MiniLmClassifier.TOKENIZER, labels, output, scores));
  }

  private static OnnxClassifierSettings settings(
      ModelLocation model,
      ModelLocation tokenizer,
      ModelLocation labels,
      String output,
      Scores scores) {
    return new OnnxClassifierSettings(
        new ClassifierSettings("onnx-classifier", model, tokenizer, labels, scores, 64), output, 1);
  }

  private static ModelLocation vocabulary() throws IOException {
    try (InputStream in = MiniLmClassifier.TOKENIZER.open()) {
      List<String> pieces = WordPieceTokenizer.fromTokenizerJson(in).vocabulary();
      return file("vocab.txt", String.join("\n", pieces) + "\n");
    }
  }

  private static ModelLocation file(String name, String content) throws IOException {
    return new ModelLocation(Files.writeString(folder.resolve(name), content).toString());
  }
}
