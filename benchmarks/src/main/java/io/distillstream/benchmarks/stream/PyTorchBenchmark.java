package io.distillstream.benchmarks.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.benchmarks.measure.Comparison;
import io.distillstream.benchmarks.measure.Stopwatch;
import io.distillstream.benchmarks.student.LabelledGlosses;
import io.distillstream.model.safetensors.SafetensorsWriter;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.settings.TrainingPlan;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
  private static final String SCRIPT = "pytorch_student.py";

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
    LabelledGlosses glosses = LabelledGlosses.load(logits, out);
    List<Example> examples = glosses.traffic(count, 64);
    StudentState start = start(glosses);
    Path folder = Files.createTempDirectory("distillstream-pytorch");
    Path script = folder.resolve(SCRIPT);
    Path data = folder.resolve("data.safetensors");
    try {
      Files.write(script, script());
      write(start.weights(), examples, data);
      new Comparison("records", examples.size())
          .print(
              out,
              rounds,
              "ours",
              () -> inMemory(examples, start),
              "PyTorch",
              () -> inPython(script, data));
      out.printf(
          Locale.ROOT, "agreement over the second half: ours %.3f, PyTorch %.3f%n", ours, theirs);
    } finally {
      Files.deleteIfExists(data);
      Files.deleteIfExists(script);
      Files.deleteIfExists(folder);
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

  private double inPython(Path script, Path data) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                python,
                script.toString(),
                data.toString(),
                Integer.toString(threads),
                packed ? "packed" : "padded")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String answer;
    try (InputStream in = process.getInputStream()) {
      answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(
          "%s failed; it needs torch and numpy, such as pip install torch==2.7.1 numpy"
              .formatted(python));
    }
    JsonNode result = new ObjectMapper().readTree(answer);
    theirs = result.get("agreement").asDouble();
    // Per record after the first batch, scaled to all, as the stopwatch does.
    return result.get("seconds").asDouble() * count / (count - 32.0);
  }

  private static void write(StudentWeights weights, List<Example> examples, Path file)
      throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    weights
        .spec()
        .parameters()
        .forEach(
            parameter ->
                writer.floats(
                    parameter.name(),
                    weights.get(parameter.name()).values(),
                    Arrays.stream(parameter.shape()).asLongStream().toArray()));
    int[] ids = examples.stream().flatMapToInt(e -> Arrays.stream(e.tokens())).toArray();
    int[] lengths = examples.stream().mapToInt(e -> e.tokens().length).toArray();
    int[] truth = examples.stream().mapToInt(Example::truth).toArray();
    int classes = examples.get(0).target().classes();
    float[] logits = new float[examples.size() * classes];
    for (int i = 0; i < examples.size(); i++) {
      float[] row = ((DenseTarget) examples.get(i).target()).logits();
      System.arraycopy(row, 0, logits, i * classes, classes);
    }
    writer.ints("ids", ids, ids.length);
    writer.ints("lengths", lengths, lengths.length);
    writer.ints("truth", truth, truth.length);
    writer.floats("logits", logits, examples.size(), classes);
    writer.write(file);
  }

  private static StudentState start(LabelledGlosses glosses) throws IOException {
    TransformerSpec shape =
        TransformerSpec.standard(glosses.tokenizer().vocabulary().size(), glosses.labels().size());
    return StudentState.fresh(TeacherStart.weights(shape, SEED, TeacherWordTable.ofMiniLm()), SEED);
  }

  private static byte[] script() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PyTorchBenchmark.class.getResourceAsStream(SCRIPT))) {
      return in.readAllBytes();
    }
  }
}
