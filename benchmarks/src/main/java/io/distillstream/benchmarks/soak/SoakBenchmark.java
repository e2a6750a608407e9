package io.distillstream.benchmarks.soak;

import com.google.errorprone.annotations.FormatMethod;
import io.distillstream.benchmarks.measure.MemorySample;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows whether the training engine gives the same bits for the same steps, and keeps its size. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = {
      "Train two engines from one start on one stream of WordNet glosses with the teacher's",
      "logits, and compare all weights and moments: after every step those that it may have",
      "changed, now and then every one. Ends with exit code 1 at the first bit that differs.",
      "",
      "Meanwhile memory is moved about on purpose, and what the process holds is printed."
    })
public final class SoakBenchmark implements Callable<Integer> {

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of each engine (default: ${DEFAULT-VALUE}).")
  private int steps = 50_000;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Records per step (default: ${DEFAULT-VALUE}).")
  private int batchSize = 32;

  @Option(
      names = "--texts",
      paramLabel = "N",
      description = "Glosses that the teacher labels, over and over (default: ${DEFAULT-VALUE}).")
  private int texts = 4_096;

  @Option(
      names = "--whole-every",
      paramLabel = "STEPS",
      description = "Compare everything that often (default: ${DEFAULT-VALUE}).")
  private int wholeEvery = 100;

  @Option(
      names = "--gc-every",
      paramLabel = "STEPS",
      description = "Collect garbage that often, 0 for never (default: ${DEFAULT-VALUE}).")
  private int gcEvery = 100;

  @Option(
      names = "--pressure",
      paramLabel = "MIB",
      description =
          "Allocate and drop that much per step, on the heap and beside it (default:"
              + " ${DEFAULT-VALUE}).")
  private int pressure = 4;

  @Option(
      names = "--report-every",
      paramLabel = "SECONDS",
      description = "Print a line that often (default: ${DEFAULT-VALUE}).")
  private int reportSeconds = 10;

  @Option(
      names = {"-s", "--set"},
      paramLabel = "KEY=VALUE",
      description = "A setting of teacher or trainer, such as trainer.size=base. Repeatable.")
  private Map<String, String> chosen = new HashMap<>();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  SoakBenchmark() {}

  @Override
  public Integer call() {
    Settings settings = settings();
    try {
      compare(settings, TrainerSettings.from(settings));
      return 0;
    } catch (EnginesDifferException
        | DivergedStepException
        | TeacherException
        | TrainingStoppedException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("error: " + e.getMessage());
      err.flush();
      return 1;
    }
  }

  private Settings settings() {
    List<Setting<?>> known = new ArrayList<>(TeacherSettings.all());
    known.addAll(TrainerSettings.all());
    try {
      return Settings.load(known, chosen);
    } catch (InvalidSettingsException e) {
      throw new ParameterException(spec.commandLine(), String.join("\n", e.problems()), e);
    }
  }

  private void compare(Settings settings, TrainerSettings trainer)
      throws DivergedStepException, EnginesDifferException {
    StudentStart start = new StudentStart(trainer.student());
    say("labelling %,d glosses", texts);
    LabelledBatches batches = batches(settings, trainer, start);
    try (TwinEngines twins = TwinEngines.from(start.fresh(), wholeEvery)) {
      List<MemorySample> samples = run(twins, batches, trainer.plan().schedule());
      say("no difference in %,d steps of each engine", twins.steps());
      say("fingerprint of all weights and moments %016x", twins.fingerprint());
      MemorySample first = samples.get(samples.size() / 10);
      say("memory at step %,d: %s", first.step(), first);
      MemorySample last = samples.get(samples.size() - 1);
      say("memory at step %,d: %s", last.step(), last);
    }
  }

  private LabelledBatches batches(Settings settings, TrainerSettings trainer, StudentStart start) {
    try (Teacher teacher = TeacherSettings.from(settings).openTeacher()) {
      return LabelledBatches.of(
          teacher,
          WordNetGlosses.load().traffic().stream().limit(texts).toList(),
          start.labels(),
          start.tokenizer(),
          trainer.student().maxTokens(),
          batchSize,
          trainer.student().seed());
    }
  }

  private List<MemorySample> run(
      TwinEngines twins, LabelledBatches batches, TrainingSchedule schedule)
      throws DivergedStepException, EnginesDifferException {
    List<MemorySample> samples = new ArrayList<>();
    MemoryPressure memory = new MemoryPressure(pressure, 1);
    long reported = System.nanoTime();
    long reportedStep = 0;
    while (twins.steps() < steps) {
      StepResult result =
          twins.learn(batches.next(), schedule.at(twins.recordsLearned()).withoutSpikeCheck());
      memory.apply();
      if (gcEvery > 0 && twins.steps() % gcEvery == 0) {
        System.gc();
      }
      double seconds = (System.nanoTime() - reported) / 1e9;
      if (seconds >= reportSeconds || twins.steps() == steps) {
        MemorySample sample = MemorySample.take(twins.steps());
        samples.add(sample);
        say(
            "step %,d   %.0f steps/s   loss %.4f   fingerprint %016x   %s",
            twins.steps(),
            (twins.steps() - reportedStep) / seconds,
            result.loss().total(),
            twins.fingerprint(),
            sample);
        reported = System.nanoTime();
        reportedStep = twins.steps();
      }
    }
    return samples;
  }

  @FormatMethod
  private void say(String format, Object... arguments) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }
}
