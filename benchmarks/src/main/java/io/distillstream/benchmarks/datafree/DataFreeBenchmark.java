package io.distillstream.benchmarks.datafree;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.benchmarks.student.TeacherLogits;
import io.distillstream.benchmarks.student.TokenizedExamples;
import io.distillstream.foundation.Sha256;
import io.distillstream.local.synthesize.text.TextLength;
import io.distillstream.local.synthesize.text.TextSource;
import io.distillstream.local.synthesize.text.VocabularyTexts;
import io.distillstream.local.synthesize.text.VocabularyWords;
import io.distillstream.local.synthesize.text.WrittenTexts;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.kind.OpenAiWriting;
import io.distillstream.teacher.openai.WritingPrompt;
import io.distillstream.teacher.openai.WritingSettings;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.trainer.student.StudentSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The default student after one pass over texts made of the teacher's vocabulary, and after one
 * over as many real glosses, both labelled by the bundled teacher and told no truth; scored on
 * glosses that neither saw.
 */
@Command(
    name = "datafree",
    mixinStandardHelpOptions = true,
    description =
        "A student of made-up texts, beside one of as many real ones, on unseen real texts.")
public final class DataFreeBenchmark implements Callable<Integer> {

  private static final String TRAFFIC = "traffic";
  private static final String HELD_OUT = "held_out";
  private static final int BATCH = 32;
  private static final int LONGEST_BYTES = 10_000;
  private static final long SEED = 1;

  /** What a student learns from. */
  enum Texts {
    /** WordNet glosses. */
    REAL,
    /** Words drawn from the vocabulary. */
    RANDOM,
    /** The same, each of which climbed towards what makes the teacher sure. */
    CLIMBED,
    /** Words drawn from the vocabulary, texts chosen by the student's disagreement. */
    CHOSEN,
    /** Written by a language model, the same for all seeds. */
    WRITTEN
  }

  @Option(
      names = "--records",
      description = "Texts that each student learns (default: ${DEFAULT-VALUE}).")
  private int records = 4_000;

  @Option(names = "--seeds", description = "Students of each (default: ${DEFAULT-VALUE}).")
  private int seeds = 3;

  @Option(
      names = "--texts",
      split = ",",
      description =
          "${COMPLETION-CANDIDATES} (default: all of them but WRITTEN, for which teacher.openai.url"
              + " and teacher.openai.model have to be set).")
  private Set<Texts> texts = EnumSet.complementOf(EnumSet.of(Texts.WRITTEN));

  @Option(
      names = "--candidates",
      description = "Texts asked about for each that is chosen (default: ${DEFAULT-VALUE}).")
  private int candidates = 2;

  @Option(names = "--climb", description = "Steps of each climb (default: ${DEFAULT-VALUE}).")
  private int climb = 3;

  @Option(
      names = "--disagreement",
      description = "Share chosen by disagreement (default: ${DEFAULT-VALUE}).")
  private double disagreement = 0.5;

  @Option(names = "--min-words", description = "Shortest made-up text (default: ${DEFAULT-VALUE}).")
  private int minWords = 2;

  @Option(names = "--max-words", description = "Longest made-up text (default: ${DEFAULT-VALUE}).")
  private int maxWords = 16;

  @Option(
      names = "--exponent",
      description = "How much frequent words are preferred, 0 for not (default: ${DEFAULT-VALUE}).")
  private double exponent = 0.5;

  @Option(
      names = "--folder",
      description =
          "Where the teacher's logits and written texts are kept (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("data/benchmarks/datafree");

  @Option(
      names = "--prompt-file",
      description = "What the language model is asked instead, as for synthesize.")
  private @Nullable Path promptFile;

  @Option(
      names = "--set",
      description = "A setting of the language model, such as teacher.openai.model=smollm2.")
  private Map<String, String> chosen = new HashMap<>();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  DataFreeBenchmark() {}

  /** Real texts, and what the teacher says of them. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Real(List<String> texts, int[] truths, float[][] logits) {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    WordNetGlosses glosses = WordNetGlosses.load();
    try (Teacher teacher =
        TeacherSettings.from(Settings.load(TeacherSettings.all(), Map.of())).openTeacher()) {
      List<Gloss> traffic = glosses.traffic().subList(0, records);
      Map<String, List<String>> parts = new LinkedHashMap<>();
      parts.put(TRAFFIC, traffic.stream().map(Gloss::text).toList());
      parts.put(HELD_OUT, glosses.heldOut().stream().map(Gloss::text).toList());
      Path file = folder.resolve("minilm-%d.safetensors".formatted(records));
      try (Safetensors logits = TeacherLogits.open(file, teacher, parts, out)) {
        LabelSpace labels = teacher.labels();
        compare(
            teacher,
            real(traffic, labels, logits.floats(TRAFFIC)),
            real(glosses.heldOut(), labels, logits.floats(HELD_OUT)));
      }
    }
    return 0;
  }

  private static Real real(List<Gloss> glosses, LabelSpace labels, float[] logits) {
    float[][] rows = new float[glosses.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(logits, i * labels.size(), (i + 1) * labels.size());
    }
    return new Real(
        glosses.stream().map(Gloss::text).toList(),
        glosses.stream().mapToInt(gloss -> labels.indexOf(gloss.label())).toArray(),
        rows);
  }

  private void compare(Teacher teacher, Real traffic, Real heldOut)
      throws IOException, DivergedStepException, InterruptedException {
    WordPieceTokenizer tokenizer = LabelledCorpus.bundledTokenizer();
    List<String> words =
        VocabularyWords.read(new ModelLocation("classpath:/all-minilm-l6-v2-tokenizer.json"));
    StudentSpec shape =
        StudentSize.SMALL.classifier(tokenizer.vocabulary().size(), teacher.labels().size());
    TokenizedExamples examples =
        new TokenizedExamples(tokenizer, shape.maxTokens(), teacher.labels().size());
    double teachers = DataFreeTable.accuracy(heldOut.logits(), heldOut.truths());
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "teacher %.4f on %,d unseen glosses; %,d words in the vocabulary%n",
        teachers,
        heldOut.truths().length,
        words.size());
    Map<Texts, List<BatchScore>> scores = new EnumMap<>(Texts.class);
    for (int seed = 1; seed <= seeds; seed++) {
      StudentState start =
          StudentState.fresh(TeacherStart.weights(shape, seed, TeacherWordTable.ofMiniLm()), seed);
      for (Texts kind : texts) {
        long began = System.nanoTime();
        try (LearningStudent student = LearningStudent.from(start, examples)) {
          int[] said = teach(kind, student, teacher, words, traffic, seed);
          BatchScore score = student.score(heldOut.texts(), heldOut.truths(), heldOut.logits());
          scores.computeIfAbsent(kind, all -> new ArrayList<>()).add(score);
          out.printf(
              Locale.ROOT,
              "seed %d, %s: accuracy %.4f, agreement %.4f; rarest label %d, commonest %d; %.0f s%n",
              seed,
              kind.name().toLowerCase(Locale.ROOT),
              score.accuracy(),
              score.agreement(),
              Arrays.stream(said).min().orElseThrow(),
              Arrays.stream(said).max().orElseThrow(),
              (System.nanoTime() - began) / 1e9);
          out.flush();
        }
      }
    }
    DataFreeTable.of(scores, teachers, heldOut.truths().length).forEach(out::println);
    out.flush();
  }

  /** Answers how often each class was the teacher's answer. */
  private int[] teach(
      Texts kind,
      LearningStudent student,
      Teacher teacher,
      List<String> words,
      Real traffic,
      long seed)
      throws IOException, DivergedStepException, InterruptedException {
    if (kind == Texts.REAL) {
      student.learn(traffic.texts(), traffic.logits());
      return DataFreeTable.answers(traffic.logits());
    }
    if (kind == Texts.WRITTEN) {
      List<String> made = writtenTexts(teacher.labels(), words);
      float[][] said = SortedBatches.logits(teacher, made, BATCH);
      student.learn(made, said);
      return DataFreeTable.answers(said);
    }
    TextLength length = new TextLength(minWords, maxWords);
    int steps = kind == Texts.CLIMBED ? climb : 0;
    try (TextSource source = new VocabularyTexts(words, exponent, length, steps, seed)) {
      return new MadeUpTexts(teacher, source, kind == Texts.CHOSEN ? candidates : 1, disagreement)
          .teach(student, records, seed);
    }
  }

  /** As {@code synthesize} would have them written; what a run before wrote is not asked for. */
  private List<String> writtenTexts(LabelSpace labels, List<String> words)
      throws IOException, InterruptedException {
    WritingPrompt prompt =
        promptFile == null
            ? WritingPrompt.STANDARD
            : new WritingPrompt(Files.readString(promptFile).strip());
    String name = Sha256.hex(prompt.template().getBytes(UTF_8)).substring(0, 8);
    Path file = folder.resolve("written-%d-%s.txt".formatted(records, name));
    if (!Files.exists(file)) {
      WritingSettings writing =
          OpenAiWriting.from(Settings.load(TeacherSettings.all(), chosen), prompt);
      List<String> written = new ArrayList<>();
      try (WrittenTexts source = WrittenTexts.open(writing, labels, words, LONGEST_BYTES, SEED)) {
        while (written.size() < records) {
          List<String> some = source.next(Math.min(BATCH, records - written.size()));
          if (some.isEmpty()) {
            throw new IOException("The language model wrote %,d texts".formatted(written.size()));
          }
          some.forEach(text -> written.add(text.replaceAll("\\s+", " ")));
          spec.commandLine().getOut().printf("written %,d of %,d texts%n", written.size(), records);
          spec.commandLine().getOut().flush();
        }
      }
      Files.write(file, written);
    }
    return Files.readAllLines(file);
  }
}
