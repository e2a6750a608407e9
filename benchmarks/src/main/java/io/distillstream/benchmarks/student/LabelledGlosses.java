package io.distillstream.benchmarks.student;

import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.examples.Example;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Every gloss with the teacher's logits, as a trainer reads them off the log: rounded to binary16.
 *
 * <p>Labelling all 81,495 takes the teacher some ten minutes, so the logits are kept in a file and
 * made anew only for another teacher.
 */
public final class LabelledGlosses {

  private static final String TRAFFIC = "traffic";
  private static final String HELD_OUT = "held_out";

  private final LabelSpace labels;
  private final WordPieceTokenizer tokenizer;
  private final List<Gloss> traffic;
  private final List<Gloss> heldOut;
  private final float[] trafficLogits;
  private final float[] heldOutLogits;

  private LabelledGlosses(LabelSpace labels, WordNetGlosses glosses, Safetensors logits)
      throws IOException {
    this.labels = labels;
    tokenizer = bundledTokenizer();
    traffic = glosses.traffic();
    heldOut = glosses.heldOut();
    trafficLogits = logits.floats(TRAFFIC);
    heldOutLogits = logits.floats(HELD_OUT);
  }

  private LabelledGlosses(LabelledGlosses same, WordPieceTokenizer tokenizer) {
    labels = same.labels;
    this.tokenizer = tokenizer;
    traffic = same.traffic;
    heldOut = same.heldOut;
    trafficLogits = same.trafficLogits;
    heldOutLogits = same.heldOutLogits;
  }

  /** The same glosses for a student with another vocabulary. */
  public LabelledGlosses cutBy(WordPieceTokenizer other) {
    return new LabelledGlosses(this, other);
  }

  /** All texts of the traffic. */
  public List<String> trafficTexts() {
    return traffic.stream().map(Gloss::text).toList();
  }

  /** The texts that nothing may learn from. */
  public List<String> heldOutTexts() {
    return heldOut.stream().map(Gloss::text).toList();
  }

  /**
   * Reads the logits from {@code file}, or has the default teacher give them and writes it.
   *
   * @param progress is told what takes long
   */
  public static LabelledGlosses load(Path file, PrintWriter progress) throws IOException {
    WordNetGlosses glosses = WordNetGlosses.load();
    Map<String, List<String>> parts = new LinkedHashMap<>();
    parts.put(TRAFFIC, glosses.traffic().stream().map(Gloss::text).toList());
    parts.put(HELD_OUT, glosses.heldOut().stream().map(Gloss::text).toList());
    try (Teacher teacher =
            TeacherSettings.from(Settings.load(TeacherSettings.all(), Map.of())).openTeacher();
        Safetensors logits = TeacherLogits.open(file, teacher, parts, progress)) {
      return new LabelledGlosses(teacher.labels(), glosses, logits);
    }
  }

  public LabelSpace labels() {
    return labels;
  }

  public WordPieceTokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * The traffic in its order, from the first on.
   *
   * @param count at most this many
   * @param maxTokens longer texts are cut
   */
  public List<Example> traffic(int count, int maxTokens) {
    return examples(
        "gloss-", traffic.subList(0, Math.min(count, traffic.size())), trafficLogits, maxTokens);
  }

  /** The 3,000 that nothing may learn from. */
  public List<Example> heldOut(int maxTokens) {
    return examples("held-out-", heldOut, heldOutLogits, maxTokens);
  }

  private List<Example> examples(String prefix, List<Gloss> texts, float[] logits, int maxTokens) {
    return new TokenizedExamples(tokenizer, maxTokens, labels.size())
        .of(
            prefix,
            texts.stream().map(Gloss::text).toList(),
            texts.stream().mapToInt(gloss -> labels.indexOf(gloss.label())).toArray(),
            logits);
  }

  public static WordPieceTokenizer bundledTokenizer() {
    try (InputStream json =
        Objects.requireNonNull(
            LabelledGlosses.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json"))) {
      return WordPieceTokenizer.fromTokenizerJson(json);
    } catch (IOException e) {
      throw new UncheckedIOException("The tokenizer on the class path cannot be read", e);
    }
  }
}
