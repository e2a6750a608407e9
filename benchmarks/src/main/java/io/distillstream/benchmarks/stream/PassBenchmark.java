package io.distillstream.benchmarks.stream;

import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * One pass of the default student over all glosses, in memory: agreement with the teacher and
 * accuracy on the 3,000 that are held out, beside the teacher's own accuracy there, and agreement
 * before learning, of the newest weights and of their average.
 */
@Command(
    name = "pass",
    mixinStandardHelpOptions = true,
    description = "One pass over all glosses; held-out agreement and accuracy on the way.")
public final class PassBenchmark implements Callable<Integer> {

  private static final long SEED = 42;

  @Option(names = "--labels", description = "Teacher's logits (default: ${DEFAULT-VALUE}).")
  private Path logits = Path.of("data/benchmarks/teacher-logits.safetensors");

  @Option(names = "--records", description = "At most (default: all).")
  private int count = Integer.MAX_VALUE;

  @Option(names = "--every", description = "Records between two lines (default: ${DEFAULT-VALUE}).")
  private int every = 10_000;

  @Option(
      names = "--students",
      description = {
        "How many take the pass (default: ${DEFAULT-VALUE}). The first is the default student on",
        "the glosses in their order; each further one has first weights and an order of its own."
      })
  private int students = 1;

  @Option(
      names = "--validation",
      description = "Score on so many glosses from the end of the traffic, which nobody learns.")
  private int validation;

  @Option(names = "--set", description = "A setting of the trainer, such as trainer.alpha=0.5.")
  private Map<String, String> chosen = new HashMap<>();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  PassBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    TrainerSettings settings =
        TrainerSettings.from(Settings.load(TrainerSettings.all(), Map.copyOf(chosen)));
    LabelledCorpus glosses = LabelledCorpus.glosses(logits, out);
    List<Example> all = glosses.traffic(Integer.MAX_VALUE, settings.student().maxTokens());
    int end = all.size() - validation;
    List<Example> traffic = all.subList(0, Math.min(count, end));
    List<Example> unseen =
        validation == 0
            ? glosses.heldOut(settings.student().maxTokens())
            : all.subList(end, all.size());
    out.printf(
        Locale.ROOT,
        "%,d glosses; the teacher's accuracy on %,d unseen ones is %.4f%n",
        traffic.size(),
        unseen.size(),
        PassScores.ofTeacher(unseen));
    List<BatchScore> scores = new ArrayList<>();
    for (long seed = SEED; seed < SEED + students; seed++) {
      out.println(
          "                                                           agreement before learning");
      out.println(
          "   records  agreement  accuracy  of the teacher's  KL      ECE     newest  averaged");
      scores.add(pass(settings, start(settings, glosses, seed), order(traffic, seed), unseen));
    }
    if (students > 1) {
      out.println("agreement " + spread(scores.stream().map(BatchScore::agreement).toList()));
      out.println("accuracy  " + spread(scores.stream().map(BatchScore::accuracy).toList()));
      out.flush();
    }
    return 0;
  }

  private BatchScore pass(
      TrainerSettings settings, StudentState start, List<Example> traffic, List<Example> unseen)
      throws InterruptedException {
    try (StudentEngine engine = DjlStudentEngine.from(start, settings.objective());
        StudentEngine device = DjlStudentEngine.from(start.asDeployed());
        ExampleSource source = ExampleSource.of(traffic)) {
      NoCheckpoints checkpoints = new NoCheckpoints();
      PassScores scores =
          new PassScores(
              spec.commandLine().getOut(), engine, device, unseen, every, traffic.size());
      TrainingLoop loop =
          new TrainingLoop(
              settings.plan(), engine, checkpoints.resume(), source, checkpoints, scores);
      scores.whenDone(loop::stop);
      loop.run();
      return scores.last();
    }
  }

  private static StudentState start(TrainerSettings settings, LabelledCorpus glosses, long seed)
      throws IOException {
    StudentSpec shape =
        settings.student().spec(glosses.tokenizer().vocabulary().size(), glosses.labels().size());
    return StudentState.fresh(TeacherStart.weights(shape, seed, TeacherWordTable.ofMiniLm()), seed)
        .withHeads(settings.heads());
  }

  private static List<Example> order(List<Example> traffic, long seed) {
    if (seed == SEED) {
      return traffic;
    }
    List<Example> shuffled = new ArrayList<>(traffic);
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }

  /** Mean and standard deviation over students. */
  private static String spread(List<Double> values) {
    double mean = values.stream().mapToDouble(value -> value).average().orElseThrow();
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return String.format(
        Locale.ROOT, "%.4f ± %.4f", mean, Math.sqrt(squares / (values.size() - 1)));
  }
}
