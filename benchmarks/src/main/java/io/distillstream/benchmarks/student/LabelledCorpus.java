package io.distillstream.benchmarks.student;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.foundation.Sha256;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
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
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Labelled texts with the teacher's logits, as a trainer reads them off the log: rounded to
 * binary16. Some are traffic, and of the others nothing may learn.
 *
 * <p>Labelling all 81,495 glosses takes the teacher some ten minutes, so logits are kept in a file
 * and made anew only for another teacher.
 */
public final class LabelledCorpus {
  private static final String TRAFFIC = "traffic";
  private static final String HELD_OUT = "held_out";

  private final String name;
  private final LabelSpace labels;
  private final WordPieceTokenizer tokenizer;
  private final Part traffic;
  private final Part heldOut;

  /**
   * Texts of one purpose.
   *
   * @param prefix of their request ids
   * @param logits {@code [texts, classes]}, row-major
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Part(String prefix, List<String> texts, int[] truths, float[] logits) {}

  private LabelledCorpus(
      String name, LabelSpace labels, WordPieceTokenizer tokenizer, Part traffic, Part heldOut) {
    this.name = name;
    this.labels = labels;
    this.tokenizer = tokenizer;
    this.traffic = traffic;
    this.heldOut = heldOut;
  }

  /** The same texts for a student with another vocabulary. */
  public LabelledCorpus cutBy(WordPieceTokenizer other) {
    return new LabelledCorpus(name, labels, other, traffic, heldOut);
  }

  /**
   * All glosses of WordNet, with the default teacher's logits.
   *
   * @param logits where these are kept
   * @param progress is told what takes long
   */
  public static LabelledCorpus glosses(Path logits, PrintWriter progress) throws IOException {
    WordNetGlosses glosses = WordNetGlosses.load();
    Map<String, List<String>> parts = new LinkedHashMap<>();
    parts.put(TRAFFIC, glosses.traffic().stream().map(Gloss::text).toList());
    parts.put(HELD_OUT, glosses.heldOut().stream().map(Gloss::text).toList());
    try (Teacher teacher =
            TeacherSettings.from(Settings.load(TeacherSettings.all(), Map.of())).openTeacher();
        Safetensors said = TeacherLogits.open(logits, teacher, parts, progress)) {
      LabelSpace labels = teacher.labels();
      return new LabelledCorpus(
          "WordNet glosses",
          labels,
          bundledTokenizer(),
          glosses("gloss-", glosses.traffic(), labels, said.floats(TRAFFIC)),
          glosses("held-out-", glosses.heldOut(), labels, said.floats(HELD_OUT)));
    }
  }

  private static Part glosses(
      String prefix, List<Gloss> glosses, LabelSpace labels, float[] logits) {
    return new Part(
        prefix,
        glosses.stream().map(Gloss::text).toList(),
        glosses.stream().mapToInt(gloss -> labels.indexOf(gloss.label())).toArray(),
        logits);
  }

  /**
   * Texts in files, with the logits of a teacher of one's own.
   *
   * @param traffic CSV with {@code text} and {@code label}, or JSONL
   * @param heldOut the same
   * @param head the classifier head that {@code fit-head} made
   * @param folder where logits are kept
   * @param progress is told what takes long
   */
  static LabelledCorpus files(
      Path traffic, Path heldOut, Path head, Path folder, PrintWriter progress) throws IOException {
    List<LabelledText> learned = read(traffic);
    List<LabelledText> scored = read(heldOut);
    Map<String, List<String>> parts = new LinkedHashMap<>();
    parts.put(TRAFFIC, learned.stream().map(LabelledText::text).toList());
    parts.put(HELD_OUT, scored.stream().map(LabelledText::text).toList());
    Path logits = folder.resolve("logits-%s.safetensors".formatted(digest(parts)));
    Map<String, String> chosen = Map.of("teacher.encoder.head", head.toString());
    try (Teacher teacher =
            TeacherSettings.from(Settings.load(TeacherSettings.all(), chosen)).openTeacher();
        Safetensors said = TeacherLogits.open(logits, teacher, parts, progress)) {
      LabelSpace labels = teacher.labels();
      return new LabelledCorpus(
          head.getFileName().toString(),
          labels,
          bundledTokenizer(),
          texts("traffic-", learned, labels, said.floats(TRAFFIC)),
          texts("held_out-", scored, labels, said.floats(HELD_OUT)));
    }
  }

  private static List<LabelledText> read(Path file) throws IOException {
    List<LabelledText> texts = new ArrayList<>();
    try (LabelledTexts lines = LabelledTexts.open(file)) {
      lines.forEachRemaining(texts::add);
    }
    return texts;
  }

  /** Twelve hexadecimal digits that other texts do not have. */
  private static String digest(Map<String, List<String>> parts) {
    MessageDigest digest = Sha256.digest();
    parts.values().stream()
        .flatMap(List::stream)
        .forEach(text -> digest.update((text + "\n").getBytes(UTF_8)));
    return Sha256.hex(digest).substring(0, 12);
  }

  private static Part texts(
      String prefix, List<LabelledText> texts, LabelSpace labels, float[] logits) {
    return new Part(
        prefix,
        texts.stream().map(LabelledText::text).toList(),
        texts.stream().mapToInt(text -> truth(text, labels)).toArray(),
        logits);
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

  /** For people. */
  public String name() {
    return name;
  }

  public LabelSpace labels() {
    return labels;
  }

  public WordPieceTokenizer tokenizer() {
    return tokenizer;
  }

  /** All texts of the traffic. */
  public List<String> trafficTexts() {
    return traffic.texts();
  }

  /** The texts that nothing may learn from. */
  public List<String> heldOutTexts() {
    return heldOut.texts();
  }

  /**
   * The traffic in its order, from the first on.
   *
   * @param count at most this many
   * @param maxTokens longer texts are cut
   */
  public List<Example> traffic(int count, int maxTokens) {
    return examples(traffic, count, maxTokens);
  }

  /** Those that nothing may learn from; of the glosses, 3,000. */
  public List<Example> heldOut(int maxTokens) {
    return examples(heldOut, Integer.MAX_VALUE, maxTokens);
  }

  private List<Example> examples(Part part, int count, int maxTokens) {
    int most = Math.min(count, part.texts().size());
    return new TokenizedExamples(tokenizer, maxTokens, labels.size())
        .of(part.prefix(), part.texts().subList(0, most), part.truths(), part.logits());
  }

  public static WordPieceTokenizer bundledTokenizer() {
    try (InputStream json =
        Objects.requireNonNull(
            LabelledCorpus.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json"))) {
      return WordPieceTokenizer.fromTokenizerJson(json);
    } catch (IOException e) {
      throw new UncheckedIOException("The tokenizer on the class path cannot be read", e);
    }
  }
}
