package io.distillstream.teacher.fit;

import io.distillstream.text.LabelledText;
import io.distillstream.text.LabelledTexts;
import io.distillstream.text.TextFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what a head is fitted on: a file of texts, each of which has a label. */
final class LabelledExamples {

  private LabelledExamples() {}

  /**
   * The examples of {@code file}, in its order.
   *
   * @throws TextFileException if the file is missing, of another kind, or damaged, or a label is
   *     missing
   */
  static List<LabelledExample> read(Path file) {
    List<LabelledExample> examples = new ArrayList<>();
    try (LabelledTexts texts = LabelledTexts.open(file)) {
      while (texts.hasNext()) {
        examples.add(example(file, texts.next()));
      }
    } catch (IOException e) {
      throw new TextFileException(file.toString(), "cannot be closed: " + e.getMessage(), e);
    }
    if (examples.isEmpty()) {
      throw new TextFileException(file.toString(), "there is no example in it", null);
    }
    return examples;
  }

  private static LabelledExample example(Path file, LabelledText text) {
    return new LabelledExample(
        text.text(),
        text.label()
            .orElseThrow(
                () ->
                    new TextFileException(
                        file.toString(), text.line(), "'label' is missing or blank", null)));
  }
}
