package io.distillstream.benchmarks.scenario;

import io.distillstream.benchmarks.scenario.order.LabelledSet;
import io.distillstream.benchmarks.student.LabelledGlosses;
import io.distillstream.benchmarks.student.TeacherLogits;
import io.distillstream.benchmarks.student.TokenizedExamples;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.text.LabelledText;
import io.distillstream.text.LabelledTexts;
import io.distillstream.trainer.examples.Example;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Labelled texts in files, to which a teacher of one's own gives the logits. */
final class LabelledFiles {
  private static final String TRAFFIC = "traffic";
  private static final String HELD_OUT = "held_out";

  private final List<LabelledText> traffic;
  private final List<LabelledText> heldOut;

  private LabelledFiles(List<LabelledText> traffic, List<LabelledText> heldOut) {
    this.traffic = traffic;
    this.heldOut = heldOut;
  }

  static LabelledFiles read(Path traffic, Path heldOut) throws IOException {
    return new LabelledFiles(read(traffic), read(heldOut));
  }

  private static List<LabelledText> read(Path file) throws IOException {
    List<LabelledText> texts = new ArrayList<>();
    try (LabelledTexts lines = LabelledTexts.open(file)) {
      lines.forEachRemaining(texts::add);
    }
    return texts;
  }

  /**
   * Asks the teacher, or reads what it said to the same texts before.
   *
   * @param head the classifier head that {@code fit-head} made
   * @param folder where logits are kept
   * @param progress is told what takes long
   */
  LabelledSet label(Path head, Path folder, int maxTokens, PrintWriter progress)
      throws IOException {
    Map<String, List<String>> parts = new LinkedHashMap<>();
    parts.put(TRAFFIC, traffic.stream().map(LabelledText::text).toList());
    parts.put(HELD_OUT, heldOut.stream().map(LabelledText::text).toList());
    Path file = folder.resolve("logits-%s.safetensors".formatted(digest(parts)));
    Map<String, String> chosen = Map.of("teacher.encoder.head", head.toString());
    try (Teacher teacher =
            TeacherSettings.from(Settings.load(TeacherSettings.all(), chosen)).openTeacher();
        Safetensors logits = TeacherLogits.open(file, teacher, parts, progress)) {
      WordPieceTokenizer tokenizer = LabelledGlosses.bundledTokenizer();
      LabelSpace labels = teacher.labels();
      TokenizedExamples examples = new TokenizedExamples(tokenizer, maxTokens, labels.size());
      return new LabelledSet(
          head.getFileName().toString(),
          labels,
          tokenizer.vocabulary().size(),
          examples(TRAFFIC, traffic, logits, labels, examples),
          examples(HELD_OUT, heldOut, logits, labels, examples));
    }
  }

  /** Twelve hexadecimal digits that other texts do not have. */
  private static String digest(Map<String, List<String>> parts) {
    MessageDigest digest = Sha256.digest();
    parts.values().stream()
        .flatMap(List::stream)
        .forEach(text -> digest.update((text + "\n").getBytes(StandardCharsets.UTF_8)));
    return Sha256.hex(digest).substring(0, 12);
  }

  private static List<Example> examples(
      String part,
      List<LabelledText> texts,
      Safetensors logits,
      LabelSpace labels,
      TokenizedExamples examples)
      throws IOException {
    return examples.of(
        part + "-",
        texts.stream().map(LabelledText::text).toList(),
        texts.stream().mapToInt(text -> truth(text, labels)).toArray(),
        logits.floats(part));
  }

  private static int truth(LabelledText text, LabelSpace labels) {
    int truth = text.label().map(labels::indexOf).orElse(-1);
    if (truth < 0) {
      throw new IllegalArgumentException(
          "line %d: expected one of the teacher's %d labels, found %s"
              .formatted(text.line(), labels.size(), text.label().orElse("none")));
    }
    return truth;
  }
}
