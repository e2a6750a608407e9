package io.distillstream.local.evaluate;

import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.LabelSpace;
import io.distillstream.text.LabelledText;
import io.distillstream.text.LabelledTexts;
import io.distillstream.text.TextFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The texts to score, all in memory.
 *
 * @param name of the file, as the user gave it
 * @param texts at least one, in the file's order
 * @param unused columns or fields that mean nothing here, one of which may be a name misspelt
 */
record LabelledFile(String name, List<LabelledText> texts, Set<String> unused) {

  /**
   * Reads a file whose name tells its format.
   *
   * @throws TextFileException if it cannot be used
   */
  static LabelledFile read(Path file) throws IOException {
    try (LabelledTexts source = LabelledTexts.open(file)) {
      List<LabelledText> texts = new ArrayList<>();
      source.forEachRemaining(texts::add);
      if (texts.isEmpty()) {
        throw new CommandFailedException(file + " holds no texts");
      }
      return new LabelledFile(file.toString(), List.copyOf(texts), new TreeSet<>(source.unused()));
    }
  }

  /** How many texts have a label. */
  long labelled() {
    return texts.stream().filter(text -> text.label().isPresent()).count();
  }

  /**
   * The class of each text's label, where it has one.
   *
   * @throws TextFileException if a label is none of these
   */
  List<OptionalInt> truths(LabelSpace labels) {
    return texts.stream().map(text -> truth(text, labels)).toList();
  }

  private OptionalInt truth(LabelledText text, LabelSpace labels) {
    if (text.label().isEmpty()) {
      return OptionalInt.empty();
    }
    int truth = labels.indexOf(text.label().get());
    if (truth < 0) {
      throw new TextFileException(
          name,
          text.line(),
          "'%s' is none of the %d labels that the models know"
              .formatted(text.label().get(), labels.size()),
          null);
    }
    return OptionalInt.of(truth);
  }
}
