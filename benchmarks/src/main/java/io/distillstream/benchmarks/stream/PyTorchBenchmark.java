package io.distillstream.benchmarks.stream;

import io.distillstream.benchmarks.measure.Comparison;
import io.distillstream.benchmarks.measure.Stopwatch;
import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.settings.TrainingPlan;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.TransformerSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Records per second of the default student in our loop beside the same student, records, schedules
 * and optimizer in PyTorch from Python. Both are timed from the end of the first batch to the end
 * of the last; agreement is over the second half, to show that both learn the same.
 */
@Command(
    name = "pytorch",
    mixinStandardHelpOptions = true,
    description = {
      "Training in memory beside the same student in PyTorch from Python.",
      "Needs a Python with torch 2.7.1 and numpy."
    })
public final class PyTorchBenchmark implements Callable<Integer> {

  private static final long SEED = 42;

  @Option(names = "--labels", description = "Teacher's logits (default: ${DEFAULT-VALUE}).")
  private Path logits = Path.of("data/benchmarks/teacher-logits.safetensors");

  @Option(names = "--records", description = "Per run (default: ${DEFAULT-VALUE}).")
  private int count = 6_400;

  @Option(names = "--rounds", description = "That count (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(names = "--threads", description = "Of PyTorch (default: ${DEFAULT-VALUE}).")
  private int threads = 1;

  @Option(
      names = "--packed",
      description = "Let PyTorch, too, spend nothing on padding outside of attention.")
  private boolean packed;

  @Option(names = "--python", description = "The interpreter (default: ${DEFAULT-VALUE}).")
  private String python = "python3";

  @Spec private CommandSpec spec;

  private double ours;
  private double theirs;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  PyTorchBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    LabelledCorpus glosses = LabelledCorpus.glosses(logits, out);
    List<Example> examples = glosses.traffic(count, 64);
    StudentState start = start(glosses);
    try (PyTorchStudent peer = PyTorchStudent.of(python, start.weights(), examples, List.of())) {
      new Comparison("records", examples.size())
          .print(
              out,
              rounds,
              "ours",
              () -> inMemory(examples, start),
              "PyTorch",
              () -> inPython(peer));
      out.printf(
          Locale.ROOT, "agreement over the second half: ours %.3f, PyTorch %.3f%n", ours, theirs);
    }
    return 0;
  }

  private double inMemory(List<Example> examples, StudentState start) throws InterruptedException {
    TrainingPlan plan = TrainerSettings.from(Settings.load(TrainerSettings.all(), Map.of())).plan();
    Stopwatch stopwatch = new Stopwatch(examples.size());
    try (DjlStudentEngine engine = DjlStudentEngine.from(start);
        ExampleSource source = ExampleSource.of(examples)) {
      NoCheckpoints checkpoints = new NoCheckpoints();
      TrainingLoop loop =
          new TrainingLoop(plan, engine, checkpoints.resume(), source, checkpoints, stopwatch);
      stopwatch.whenDone(loop::stop);
      loop.run();
    }
    ours = stopwatch.agreementOfTheSecondHalf();
    return stopwatch.seconds();
  }

  private double inPython(PyTorchStudent peer) throws IOException, InterruptedException {
    PyTorchStudent.Result result = peer.run(PyTorchStudent.Plan.plain(threads, packed));
    theirs = result.agreement();
    return result.seconds();
  }

  private static StudentState start(LabelledCorpus glosses) throws IOException {
    TransformerSpec shape =
        TransformerSpec.standard(glosses.tokenizer().vocabulary().size(), glosses.labels().size());
    return StudentState.fresh(TeacherStart.weights(shape, SEED, TeacherWordTable.ofMiniLm()), SEED);
  }
}
