package io.distillstream.teacher.torch;

import static io.distillstream.teacher.torch.GoldenModels.TWO;
import static io.distillstream.teacher.torch.GoldenModels.file;
import static io.distillstream.teacher.torch.GoldenModels.settings;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.model.ModelLocation;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.classifier.ClassifierSettings;
import io.distillstream.teacher.classifier.ClassifierSettings.Scores;
import io.distillstream.teacher.classifier.TokenInput;
import io.distillstream.teacher.encoder.EncoderSettings;
import io.distillstream.teacher.encoder.EncoderTeacher;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is told at the start, in one line. */
class TorchScriptRefusalsTest {

  @TempDir static Path folder;

  @Test
  void shouldNameAFileThatIsNotThere() {
    assertRefused(
        settings(new ModelLocation(folder.resolve("none.pt").toString()), TWO, ""),
        "none.pt: no such file");
    assertRefused(settings(new ModelLocation(folder.toString()), TWO, ""), "cannot be read");
  }

  @Test
  void shouldTellWeightsFromAProgram() throws IOException {
    assertFound(
        file("weights.pt"),
        "what torch.save writes, weights or a pickled module without its program");
    assertFound(EncoderTeacher.WORDNET_HEAD, "a safetensors file, weights alone");
    assertFound(
        zip("exported.pt2", "exported/archive_format", "exported/models/model.json"),
        "a program of torch.export");
    assertFound(zip("other.zip", "a/b.txt"), "a zip archive of another kind");
  }

  @ParameterizedTest
  @CsvSource({
    "0, \u0080\u0002}q, 'what torch.save writes, weights or a pickled module without its program'",
    "1, GGUF\u0003, a GGUF file",
    "2, '\b\u000b\u0012\u0007pytorch', 'an ONNX file, which teacher.kind = onnx-classifier takes'",
    "3, version https://git-lfs.github.com/spec/v1, a pointer of Git LFS to the file",
    "4, '', an empty file",
    "5, PK\u0003\u0004, a damaged zip archive",
    "6, no model, a file of an unknown kind"
  })
  void shouldTellWhatAFileIsByItsBeginning(int name, String content, String found)
      throws IOException {
    Path file = Files.write(folder.resolve(name + ".pt"), content.getBytes(ISO_8859_1));
    assertFound(new ModelLocation(file.toString()), found);
  }

  private static void assertFound(ModelLocation model, String found) {
    assertRefused(
        settings(model, TWO, ""),
        model + ": expected a TorchScript file of torch.jit.save, got " + found);
  }

  @Test
  void shouldNameWhatTheModelTakes() {
    assertRefused(
        settings(file("bag.pt"), List.of(TokenInput.INPUT_IDS), ""),
        "given input_ids: forward() is missing value for argument 'attention_mask'");
    assertRefused(
        settings(file("bag.pt"), List.of(TokenInput.values()), ""),
        "given input_ids, attention_mask, token_type_ids: Expected at most 3 argument(s) for operator"
            + " 'forward', but received 4 argument(s). Declaration: forward(__torch__.Bag self, Tensor"
            + " input_ids, Tensor attention_mask) -> Tensor");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          words | has the shape [1, 5, 8] for 1 texts, but there are 3 labels in
          best | expected floating-point numbers as output 'best', got int64
          nan | output 'nan' holds NaN for the text 'two words'
          random | output 'random' is another one each time for the same text
          probabilities | output 'probabilities' holds probabilities, not logits: set teacher.torchscript.scores = probabilities
          scores | its output is a dictionary, and teacher.torchscript.output is 'scores'; expected one of best, columns, half, logits
          """)
  void shouldNameWhatIsWrongWithTheOutput(String output, String message) {
    assertRefused(settings(file("outputs.pt"), TWO, output), message);
  }

  @Test
  void shouldNameTheOutputsThereAre() {
    assertRefused(
        settings(file("bag.pt"), TWO, "logits"),
        "its output is a tensor, and teacher.torchscript.output is 'logits'; leave it empty");
    assertRefused(
        settings(file("attention.pt"), List.of(TokenInput.values()), "2"),
        "its output is 2 elements without names, and teacher.torchscript.output is '2'; expected"
            + " one of 0 to 1");
  }

  @Test
  void shouldNameLabelsThatAreNotTheModels() throws IOException {
    Path labels = Files.writeString(folder.resolve("two.txt"), "good\nbad\n");
    assertRefused(
        settings(file("bag.pt"), TWO, "", Scores.LOGITS, new ModelLocation(labels.toString())),
        "output has the shape [1, 3] for 1 texts, but there are 2 labels in " + labels);
  }

  /** A tokenizer of another model: its ids are out of the range of the word vectors. */
  @Test
  void shouldSayWhatPyTorchSays() {
    TorchScriptSettings own = settings(file("bag.pt"), TWO, "");
    TorchScriptSettings other =
        new TorchScriptSettings(
            new ClassifierSettings(
                "torchscript",
                own.classifier().model(),
                EncoderSettings.miniLm().tokenizer(),
                own.classifier().labels(),
                Scores.LOGITS,
                64),
            TWO,
            "");
    assertRefused(
        other,
        "failed on a batch of 1 texts, 4 tokens long, given input_ids, attention_mask: RuntimeError:"
            + " index out of range in self");
  }

  private static ModelLocation zip(String name, String... entries) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String entry : entries) {
        zip.putNextEntry(new ZipEntry(entry));
      }
    }
    return new ModelLocation(file.toString());
  }

  private static void assertRefused(TorchScriptSettings settings, String message) {
    assertThatThrownBy(() -> TorchScriptModel.open("x", settings).close())
        .isInstanceOf(TeacherException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
