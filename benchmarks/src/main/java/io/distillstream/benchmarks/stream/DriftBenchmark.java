package io.distillstream.benchmarks.stream;

import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.loop.TrainingListener;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.settings.TrainingPlan;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
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
 * A stream whose labels change abruptly: glosses of one half of the labels first, then of the other
 * half, which are about as hard for the teacher. How many records it takes until agreement is back
 * at 95 % of what it was, with the schedule that drift takes back and with the one that goes on
 * regardless.
 */
@Command(
    name = "drift",
    mixinStandardHelpOptions = true,
    description = "Recovery from an abrupt change of the label mix, with adaptation and without.")
public final class DriftBenchmark implements Callable<Integer> {

  private static final long SEED = 42;
  private static final int WINDOW = 1_000;
  private static final double REGAINED = 0.95;

  @Option(names = "--labels", description = "Teacher's logits (default: ${DEFAULT-VALUE}).")
  private Path logits = Path.of("data/benchmarks/teacher-logits.safetensors");

  @Option(names = "--before", description = "Records before (default: ${DEFAULT-VALUE}).")
  private int before = 24_000;

  @Option(names = "--after", description = "Records after, at most (default: ${DEFAULT-VALUE}).")
  private int after = 24_000;

  @Option(
      names = "--rewind",
      split = ",",
      description = "Shares by which the schedule goes back (default: ${DEFAULT-VALUE}).")
  private List<Double> rewinds = List.of(0.5, 1.0);

  @Option(
      names = "--set",
      description = "A setting of the trainer, such as trainer.learning-rate.end=3e-4.")
  private Map<String, String> more = new HashMap<>();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  DriftBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    LabelledCorpus glosses = LabelledCorpus.glosses(logits, out);
    List<Example> stream = stream(glosses);
    StudentState start = start(glosses);
    out.printf(
        Locale.ROOT,
        "%,d records of twelve labels, then %,d of the other twelve; windows of %,d records%n",
        before,
        stream.size() - before,
        WINDOW);
    out.println(Recovery.HEADER);
    run(out, "no adaptation", Map.of("trainer.drift.enabled", "false"), stream, start);
    for (double rewind : rewinds) {
      Map<String, String> chosen = Map.of("trainer.drift.rewind", Double.toString(rewind));
      run(out, "rewind " + rewind, chosen, stream, start);
    }
    return 0;
  }

  private void run(
      PrintWriter out,
      String name,
      Map<String, String> chosen,
      List<Example> stream,
      StudentState start)
      throws InterruptedException {
    Map<String, String> all = new HashMap<>(more);
    all.putAll(chosen);
    TrainingPlan plan = TrainerSettings.from(Settings.load(TrainerSettings.all(), all)).plan();
    Recovery recovery = new Recovery(before, stream.size());
    try (DjlStudentEngine engine = DjlStudentEngine.from(start);
        ExampleSource source = ExampleSource.of(stream)) {
      NoCheckpoints checkpoints = new NoCheckpoints();
      TrainingLoop loop =
          new TrainingLoop(plan, engine, checkpoints.resume(), source, checkpoints, recovery);
      recovery.whenDone(loop::stop);
      loop.run();
    }
    out.println(recovery.line(name));
    out.flush();
  }

  private List<Example> stream(LabelledCorpus glosses) {
    List<Example> first = new ArrayList<>();
    List<Example> second = new ArrayList<>();
    List<Example> traffic = glosses.traffic(Integer.MAX_VALUE, 64);
    List<Integer> byEntropy = byEntropy(traffic);
    for (Example example : traffic) {
      // A B B A: both sides are about as hard.
      int place = byEntropy.indexOf(example.truth()) % 4;
      (place == 0 || place == 3 ? first : second).add(example);
    }
    List<Example> stream = new ArrayList<>(first.subList(0, Math.min(before, first.size())));
    before = stream.size();
    stream.addAll(second.subList(0, Math.min(after, second.size())));
    return stream;
  }

  /** The labels in the order of how unsure the teacher is of their glosses, on average. */
  private static List<Integer> byEntropy(List<Example> traffic) {
    Map<Integer, Double> entropy =
        traffic.stream()
            .collect(
                Collectors.groupingBy(
                    Example::truth,
                    Collectors.averagingDouble(example -> example.target().entropy(1))));
    return entropy.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  private static StudentState start(LabelledCorpus glosses) throws IOException {
    TransformerSpec shape =
        TransformerSpec.standard(glosses.tokenizer().vocabulary().size(), glosses.labels().size());
    StudentWeights weights = TeacherStart.weights(shape, SEED, TeacherWordTable.ofMiniLm());
    return StudentState.fresh(weights, SEED);
  }

  /** Watches one run. */
  private static final class Recovery implements TrainingListener {
    static final String HEADER =
        "run             before  lowest  records to 95 %   at the end  alarms (record)";

    private final int change;
    private final int end;
    private final Deque<Boolean> window = new ArrayDeque<>();
    private final List<Long> alarms = new ArrayList<>();
    private Runnable done = () -> {};
    private int seen;
    private int agreeing;
    private double level;
    private double lowest = 1;
    private int regained = -1;

    Recovery(int change, int end) {
      this.change = change;
      this.end = end;
    }

    void whenDone(Runnable action) {
      done = action;
    }

    @Override
    public void trained(int records, StepResult result, StepSettings settings) {
      result.rows().forEach(this::see);
      if (seen >= end) {
        done.run();
      }
    }

    private void see(RowScore row) {
      seen++;
      window.addLast(row.agrees());
      agreeing += row.agrees() ? 1 : 0;
      if (window.size() > WINDOW) {
        agreeing -= window.removeFirst() ? 1 : 0;
      }
      double agreement = (double) agreeing / window.size();
      if (seen == change) {
        level = agreement;
      } else if (seen >= change + WINDOW) {
        lowest = Math.min(lowest, agreement);
        regained = regained < 0 && agreement >= REGAINED * level ? seen - change : regained;
      }
    }

    @Override
    public void happened(TrainingEvent event) {
      alarms.add(event.records());
    }

    String line(String name) {
      return String.format(
          Locale.ROOT,
          "%-15s %.3f   %.3f   %-16s  %.3f       %s",
          name,
          level,
          lowest,
          regained < 0 ? "not within " + (end - change) : String.format("%,d", regained),
          (double) agreeing / window.size(),
          alarms);
    }
  }
}
