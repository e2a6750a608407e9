package io.distillstream.benchmarks.teachers;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.benchmarks.student.OnePass;
import io.distillstream.benchmarks.student.TeacherLogits;
import io.distillstream.benchmarks.student.TokenizedExamples;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.trainer.student.StudentSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The bundled encoder with its head, and logistic regression on bags of word pieces that was fitted
 * on the same labelled glosses and answers as {@code teacher.kind = onnx-classifier}: each alone
 * and both together, against the truth of held-out glosses; then students that learned from each,
 * whom nobody tells the truth.
 */
@Command(
    name = "teachers",
    mixinStandardHelpOptions = true,
    description = "Two unlike teachers, each alone and both by weight, and students of each.")
public final class TeachersBenchmark implements Callable<Integer> {
  private static final String TRAFFIC = "traffic";
  private static final String HELD_OUT = "held_out";
  private static final int BATCH = 64;
  private static final int MAX_TOKENS = 128;

  @Option(
      names = "--records",
      description = "Glosses of traffic that both label (default: ${DEFAULT-VALUE}).")
  private int records = 12_000;

  @Option(names = "--seeds", description = "Bags and students (default: ${DEFAULT-VALUE}).")
  private int seeds = 3;

  @Option(
      names = "--folder",
      description = "Where models and logits are kept (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of("data/benchmarks/teachers");

  @Option(names = "--no-students", description = "Leave students out.")
  private boolean withoutStudents;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  TeachersBenchmark() {}

  /** What one teacher, or several, say of the traffic and of what is held out. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Said(float[][] traffic, float[][] heldOut) {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    WordNetGlosses glosses = WordNetGlosses.load();
    List<Gloss> traffic = glosses.traffic().subList(0, records);
    Files.createDirectories(folder);
    try (Teacher encoder = open(Map.of())) {
      LabelSpace labels = encoder.labels();
      Said miniLm = read(encoder, traffic, glosses.heldOut(), out);
      for (int seed = 1; seed <= seeds; seed++) {
        out.printf("seed %d%n", seed);
        try (Teacher bag = bag(glosses.labelled(), labels, seed)) {
          Said words =
              new Said(
                  SortedBatches.logits(bag, texts(traffic), BATCH),
                  SortedBatches.logits(bag, texts(glosses.heldOut()), BATCH));
          compare(labels, traffic, glosses.heldOut(), miniLm, words, seed);
        }
      }
    }
    return 0;
  }

  @MustBeClosed
  private static Teacher open(Map<String, String> values) {
    return TeacherSettings.from(Settings.load(TeacherSettings.all(), values)).openTeacher();
  }

  private Said read(Teacher teacher, List<Gloss> traffic, List<Gloss> heldOut, PrintWriter out)
      throws IOException {
    Map<String, List<String>> parts = new LinkedHashMap<>();
    parts.put(TRAFFIC, texts(traffic));
    parts.put(HELD_OUT, texts(heldOut));
    Path file = folder.resolve("minilm-%d.safetensors".formatted(records));
    try (Safetensors logits = TeacherLogits.open(file, teacher, parts, out)) {
      int classes = teacher.labels().size();
      return new Said(
          rows(logits.floats(TRAFFIC), classes), rows(logits.floats(HELD_OUT), classes));
    }
  }

  private static float[][] rows(float[] all, int classes) {
    float[][] rows = new float[all.length / classes][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(all, i * classes, (i + 1) * classes);
    }
    return rows;
  }

  /** Fitted on what the bundled head was fitted on, and read back as any classifier in ONNX. */
  @MustBeClosed
  private Teacher bag(List<Gloss> labelled, LabelSpace labels, int seed) throws IOException {
    WordPieceTokenizer tokenizer = LabelledCorpus.bundledTokenizer();
    BagOfWords fitted =
        BagOfWords.fit(
            labelled.stream().map(gloss -> tokenizer.encode(gloss.text(), MAX_TOKENS)).toList(),
            truths(labelled, labels),
            tokenizer.vocabulary().size(),
            labels.size(),
            seed);
    Path model = folder.resolve("bag-%d.onnx".formatted(seed));
    Path names = folder.resolve("labels.txt");
    fitted.write(model, labels);
    Files.write(names, labels.labels());
    return open(
        Map.of(
            "teacher.id", "bag-of-words",
            "teacher.kind", "onnx-classifier",
            "teacher.onnx-classifier.model", model.toString(),
            "teacher.onnx-classifier.tokenizer", "classpath:/all-minilm-l6-v2-tokenizer.json",
            "teacher.onnx-classifier.labels", names.toString()));
  }

  private static int[] truths(List<Gloss> glosses, LabelSpace labels) {
    return glosses.stream().mapToInt(gloss -> labels.indexOf(gloss.label())).toArray();
  }

  private static List<String> texts(List<Gloss> glosses) {
    return glosses.stream().map(Gloss::text).toList();
  }

  private void compare(
      LabelSpace labels,
      List<Gloss> traffic,
      List<Gloss> heldOut,
      Said miniLm,
      Said words,
      int seed)
      throws DivergedStepException, IOException {
    Committee onTraffic = new Committee(miniLm.traffic(), words.traffic());
    Committee onHeldOut = new Committee(miniLm.heldOut(), words.heldOut());
    double[] weights = onTraffic.weights(truths(traffic, labels));
    int[] truths = truths(heldOut, labels);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "shares by accuracy %.3f and %.3f; disagreement %.3f nats%n",
        weights[0] / (weights[0] + weights[1]),
        weights[1] / (weights[0] + weights[1]),
        onHeldOut.disagreement());
    out.println("| teachers | accuracy | less MiniLM's | standard error |");
    out.println("|---|---|---|---|");
    row("MiniLM", miniLm.heldOut(), miniLm.heldOut(), truths);
    row("bag of words", words.heldOut(), miniLm.heldOut(), truths);
    for (Committee.Weights kind : Committee.Weights.values()) {
      row(
          "both, " + kind.name().toLowerCase(Locale.ROOT),
          onHeldOut.pooled(kind, weights, 0),
          miniLm.heldOut(),
          truths);
    }
    for (int keeps : new int[] {3, 1}) {
      row(
          "both, accuracy, of the bag the top " + keeps,
          onHeldOut.pooled(Committee.Weights.ACCURACY, weights, keeps),
          miniLm.heldOut(),
          truths);
    }
    if (!withoutStudents) {
      Map<String, float[][]> lessons = new LinkedHashMap<>();
      lessons.put("MiniLM", miniLm.traffic());
      lessons.put("bag of words", words.traffic());
      lessons.put("both, accuracy", onTraffic.pooled(Committee.Weights.ACCURACY, weights, 0));
      students(labels, traffic, heldOut, lessons, seed);
    }
  }

  private void row(String name, float[][] logits, float[][] reference, int[] truths) {
    double[] difference = Committee.difference(logits, reference, truths);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "| %s | %.4f | %+.4f | %.4f |%n",
        name,
        Committee.accuracy(logits, truths),
        difference[0],
        difference[1]);
    out.flush();
  }

  private void students(
      LabelSpace labels,
      List<Gloss> traffic,
      List<Gloss> heldOut,
      Map<String, float[][]> lessons,
      int seed)
      throws DivergedStepException, IOException {
    WordPieceTokenizer tokenizer = LabelledCorpus.bundledTokenizer();
    StudentSpec shape = StudentSize.SMALL.classifier(tokenizer.vocabulary().size(), labels.size());
    TokenizedExamples examples = new TokenizedExamples(tokenizer, shape.maxTokens(), labels.size());
    int[] untold = new int[traffic.size()];
    Arrays.fill(untold, TrainingBatch.UNKNOWN);
    PrintWriter out = spec.commandLine().getOut();
    out.println("| student of | accuracy |");
    out.println("|---|---|");
    for (Map.Entry<String, float[][]> lesson : lessons.entrySet()) {
      List<Example> learned =
          examples.of("gloss-", texts(traffic), untold, flat(lesson.getValue()));
      List<Example> scored =
          examples.of(
              "held-out-",
              texts(heldOut),
              truths(heldOut, labels),
              new float[heldOut.size() * labels.size()]);
      StudentState start =
          StudentState.fresh(TeacherStart.weights(shape, seed, TeacherWordTable.ofMiniLm()), seed);
      OnePass pass = OnePass.over(learned, scored, start);
      out.printf(Locale.ROOT, "| %s | %.4f |%n", lesson.getKey(), pass.heldOut().accuracy());
      out.flush();
    }
  }

  private static float[] flat(float[][] rows) {
    float[] all = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[i].length, rows[i].length);
    }
    return all;
  }
}
