package io.distillstream.benchmarks;

import io.distillstream.runtime.Settings;
import io.distillstream.trainer.Example;
import io.distillstream.trainer.ExampleSource;
import io.distillstream.trainer.TrainerSettings;
import io.distillstream.trainer.TrainingListener;
import io.distillstream.trainer.TrainingLoop;
import io.distillstream.trainer.engine.BatchScore;
import io.distillstream.trainer.engine.DjlStudentEngine;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StepSettings;
import io.distillstream.trainer.engine.StudentState;
import io.distillstream.trainer.engine.TokenInputs;
import io.distillstream.trainer.engine.TrainingBatch;
import io.distillstream.trainer.student.TeacherStart;
import io.distillstream.trainer.student.TeacherWordTable;
import io.distillstream.trainer.student.TransformerSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * One pass of the default student over all glosses, in memory: agreement with the teacher and
 * accuracy on the 3,000 that are held out, beside the teacher's own accuracy there.
 */
@Command(
    name = "pass",
    mixinStandardHelpOptions = true,
    description = "One pass over all glosses; held-out agreement and accuracy on the way.")
final class PassBenchmark implements Callable<Integer> {

  private static final int BATCH = 100;

  @Option(names = "--labels", description = "Teacher's logits (default: ${DEFAULT-VALUE}).")
  private Path logits = Path.of("data/benchmarks/teacher-logits.safetensors");

  @Option(names = "--records", description = "At most (default: all).")
  private int count = Integer.MAX_VALUE;

  @Option(names = "--every", description = "Records between two lines (default: ${DEFAULT-VALUE}).")
  private int every = 10_000;

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
    LabelledGlosses glosses = LabelledGlosses.load(logits, out);
    List<Example> traffic = glosses.traffic(count, 64);
    List<Example> heldOut = glosses.heldOut(64);
    long right = heldOut.stream().filter(e -> e.target().answer() == e.truth()).count();
    double teachers = (double) right / heldOut.size();
    out.printf(
        Locale.ROOT,
        "%,d glosses; the teacher's accuracy on %,d held out is %.4f%n",
        traffic.size(),
        heldOut.size(),
        teachers);
    out.println("   records  agreement  accuracy  of the teacher's  KL      ECE");
    try (DjlStudentEngine engine = DjlStudentEngine.from(start(glosses));
        ExampleSource source = ExampleSource.of(traffic)) {
      NoCheckpoints checkpoints = new NoCheckpoints();
      Scores scores = new Scores(out, engine, heldOut, teachers, traffic.size());
      TrainingLoop loop =
          new TrainingLoop(
              settings.plan(), engine, checkpoints.resume(), source, checkpoints, scores);
      scores.done = loop::stop;
      loop.run();
    }
    return 0;
  }

  private static StudentState start(LabelledGlosses glosses) throws IOException {
    TransformerSpec shape =
        TransformerSpec.standard(glosses.tokenizer().vocabulary().size(), glosses.labels().size());
    return StudentState.fresh(TeacherStart.weights(shape, 42, TeacherWordTable.ofMiniLm()), 42);
  }

  /** Scores the held-out glosses every so many records. */
  private final class Scores implements TrainingListener {
    private final PrintWriter out;
    private final DjlStudentEngine engine;
    private final List<Example> heldOut;
    private final double teachers;
    private final int end;
    private Runnable done = () -> {};
    private int trained;

    Scores(
        PrintWriter out, DjlStudentEngine engine, List<Example> heldOut, double teachers, int end) {
      this.out = out;
      this.engine = engine;
      this.heldOut = heldOut;
      this.teachers = teachers;
      this.end = end;
    }

    @Override
    public void trained(int records, StepResult result, StepSettings settings) {
      int before = trained;
      trained += records;
      if (trained / every > before / every || trained >= end) {
        print(score());
      }
      if (trained >= end) {
        done.run();
      }
    }

    private BatchScore score() {
      BatchScore sum = BatchScore.NONE;
      for (int from = 0; from < heldOut.size(); from += BATCH) {
        List<Example> part = heldOut.subList(from, Math.min(heldOut.size(), from + BATCH));
        TokenInputs inputs =
            new TokenInputs(part.stream().map(Example::tokens).toArray(int[][]::new));
        TrainingBatch batch =
            new TrainingBatch(
                inputs,
                part.stream().map(Example::target).toList(),
                part.stream().mapToInt(Example::truth).toArray());
        sum = sum.plus(BatchScore.of(engine.logits(inputs), batch));
      }
      return sum;
    }

    private void print(BatchScore score) {
      out.printf(
          Locale.ROOT,
          "%,10d  %.4f     %.4f    %5.1f %%           %.4f  %.4f%n",
          trained,
          score.agreement(),
          score.accuracy(),
          100 * score.accuracy() / teachers,
          score.meanKl(),
          score.toTruth().expectedCalibrationError());
      out.flush();
    }
  }
}
