package io.distillstream.benchmarks.stream;

import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.loop.TrainingListener;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The default student after one pass over the same labelled glosses, from the same weights, with
 * consistency, with hard examples that the teacher labels in the same process, with both and with
 * neither: its agreement with the teacher on held-out glosses as they are and perturbed.
 */
@Command(
    name = "adversarial",
    mixinStandardHelpOptions = true,
    description = "Agreement on perturbed texts, with adversarial training and without.")
public final class AdversarialBenchmark implements Callable<Integer> {

  private static final long SEED = 42;

  @Option(names = "--records", description = "Learned once (default: ${DEFAULT-VALUE}).")
  private int records = 20_000;

  @Option(
      names = "--labels",
      description = "Where the teacher's logits are kept (default: ${DEFAULT-VALUE}).")
  private Path labels = Path.of("data/benchmarks/teacher-logits.safetensors");

  @Option(names = "--weight", description = "Of consistency (default: ${DEFAULT-VALUE}).")
  private String weight = "1";

  @Option(names = "--radius", description = "Of consistency (default: ${DEFAULT-VALUE}).")
  private String radius = "0.05";

  @Option(names = "--share", description = "Of hard examples (default: ${DEFAULT-VALUE}).")
  private String share = "0.1";

  @Option(
      names = "--attack-words",
      description = "Words that an attack weighs at every place (default: ${DEFAULT-VALUE}).")
  private int attackWords = 2_000;

  @Option(names = "--family", description = "transformer or ngram (default: ${DEFAULT-VALUE}).")
  private String family = "transformer";

  @Option(
      names = "--variants",
      split = ",",
      description = "Which to run (default: ${DEFAULT-VALUE}).")
  private List<String> variants =
      List.of("neither", "consistency", "consistency-teacher", "hard", "random", "both");

  @Option(names = "--set", description = "Settings for all of them, such as trainer.alpha=0.5.")
  private Map<String, String> set = new HashMap<>();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  AdversarialBenchmark() {}

  /** What each variant sets. */
  private Map<String, Map<String, String>> settings() {
    Map<String, String> consistency =
        Map.of("trainer.consistency.weight", weight, "trainer.consistency.radius", radius);
    Map<String, String> hard = Map.of("trainer.augmentation.max-share", share);
    Map<String, Map<String, String>> all = new LinkedHashMap<>();
    all.put("neither", Map.of());
    all.put("consistency", consistency);
    all.put(
        "consistency-teacher", with(consistency, Map.of("trainer.consistency.anchor", "teacher")));
    all.put("hard", hard);
    // The same number of texts, in which one word drawn at random stands at its worst place.
    all.put("random", with(hard, Map.of("trainer.augmentation.candidates", "1")));
    all.put("both", with(consistency, hard));
    return all;
  }

  private static Map<String, String> with(Map<String, String> some, Map<String, String> others) {
    Map<String, String> all = new HashMap<>(some);
    all.putAll(others);
    return all;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    LabelledCorpus glosses = LabelledCorpus.glosses(labels, out);
    TrainerSettings standard = trainer(Map.of());
    StudentSpec shape =
        standard.student().spec(glosses.tokenizer().vocabulary().size(), glosses.labels().size());
    StudentWeights weights = TeacherStart.weights(shape, SEED, TeacherWordTable.ofMiniLm());
    List<Example> traffic = glosses.traffic(records, shape.maxTokens());
    try (Teacher teacher =
        TeacherSettings.from(Settings.load(TeacherSettings.all(), Map.of())).openTeacher()) {
      Robustness robustness =
          new Robustness(
              teacher,
              glosses.tokenizer(),
              shape.maxTokens(),
              glosses.heldOut(shape.maxTokens()),
              glosses.heldOutTexts(),
              attackWords);
      boolean first = true;
      for (String variant : variants) {
        Map<String, String> chosen = settings().getOrDefault(variant, Map.of());
        try (Pass pass =
            new Pass(
                trainer(chosen), glosses, traffic, teacher, StudentState.fresh(weights, SEED))) {
          pass.run();
          Map<String, BatchScore> scores = robustness.of(pass.engine);
          if (first) {
            header(out, scores);
            first = false;
          }
          out.println(row(variant, pass, scores));
          out.flush();
        }
      }
    }
    return 0;
  }

  private TrainerSettings trainer(Map<String, String> chosen) {
    Map<String, String> all = new HashMap<>(chosen);
    all.putAll(set);
    all.put("trainer.family", family);
    // By records alone, so that a run is repeatable.
    all.put("trainer.checkpoint-interval", "24h");
    all.put("trainer.max-batch-wait", "10m");
    return TrainerSettings.from(Settings.load(TrainerSettings.all(), all));
  }

  private static void header(PrintWriter out, Map<String, BatchScore> scores) {
    String names = String.join(" | ", scores.keySet());
    out.println("| trained with | " + names + " | accuracy | KL | augmented | records/s |");
    out.println("|---" + "|---".repeat(scores.size() + 4) + "|");
  }

  private static String row(String variant, Pass pass, Map<String, BatchScore> scores) {
    BatchScore clean = scores.getOrDefault(Robustness.CLEAN, BatchScore.NONE);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.3f | %.3f | %,d | %,.0f |",
        variant,
        scores.values().stream()
            .map(score -> String.format(Locale.ROOT, "%.3f", score.agreement()))
            .collect(Collectors.joining(" | ")),
        clean.accuracy(),
        clean.meanKl(),
        pass.augmented,
        pass.recordsPerSecond);
  }

  /** One variant's pass. Owns its engine. */
  private static final class Pass implements TrainingListener, AutoCloseable {
    private final DjlStudentEngine engine;
    private final FeedbackStream stream;
    private final TrainingLoop loop;
    private long augmented;
    private double recordsPerSecond;

    Pass(
        TrainerSettings settings,
        LabelledCorpus glosses,
        List<Example> traffic,
        Teacher teacher,
        StudentState start) {
      int maxTokens = settings.student().maxTokens();
      engine = DjlStudentEngine.from(start, settings.objective());
      stream =
          new FeedbackStream(traffic, teacher, text -> glosses.tokenizer().encode(text, maxTokens));
      loop =
          new TrainingLoop(
              settings.plan(),
              engine,
              stream.resume(),
              stream,
              stream,
              this,
              settings.hardExamples(glosses.tokenizer()));
      stream.atEnd(loop::stop);
    }

    void run() throws InterruptedException {
      long began = System.nanoTime();
      loop.run();
      double seconds = (System.nanoTime() - began - stream.labellingNanos()) / 1e9;
      recordsPerSecond = engine.recordsLearned() / seconds;
    }

    @Override
    public void trained(int records, StepResult result, StepSettings settings) {
      augmented += records - result.rows().size();
    }

    @Override
    public void resumed(Lineage lineage) {
      augmented = lineage.augmented().trained();
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
