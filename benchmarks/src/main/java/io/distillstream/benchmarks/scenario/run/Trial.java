package io.distillstream.benchmarks.scenario.run;

import io.distillstream.artifacts.incumbent.IncumbentSettings;
import io.distillstream.benchmarks.scenario.order.LabelledSet;
import io.distillstream.benchmarks.stream.PyTorchStudent;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.loop.TrainingListener;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.settings.TrainingPlan;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A student that learns a stream in memory, as the trainer would from Kafka; its checkpoints fall
 * after so many records, whatever the clock says, so that a run can be repeated.
 */
public final class Trial {
  private final TrainerSettings settings;
  private final IncumbentSettings gate;
  private final LabelledSet set;
  private final StudentState fresh;

  /**
   * @param chosen settings of the trainer and of the gate
   * @param every fresh records between two checkpoints
   * @param seed of the student's first weights and of everything random in its training
   */
  public Trial(Map<String, String> chosen, LabelledSet set, int every, long seed)
      throws IOException {
    Map<String, String> all = new HashMap<>(part(chosen, false));
    all.put("trainer.checkpoint-records", Integer.toString(every));
    all.put("trainer.checkpoint-interval", "1d");
    all.put("trainer.max-batch-wait", "10m");
    settings = TrainerSettings.from(Settings.load(TrainerSettings.all(), all));
    gate = IncumbentSettings.from(Settings.load(IncumbentSettings.all(), part(chosen, true)));
    this.set = set;
    fresh =
        StudentState.fresh(
                TeacherStart.weights(
                    settings.student().spec(set.vocabulary(), set.classes()),
                    seed,
                    TeacherWordTable.ofMiniLm()),
                seed)
            .withHeads(settings.heads());
  }

  /** Longest text, in tokens, that a student with these settings reads. */
  public static int maxTokens(Map<String, String> chosen) {
    return TrainerSettings.from(Settings.load(TrainerSettings.all(), part(chosen, false)))
        .student()
        .maxTokens();
  }

  /** The settings of the quantizer's gate, or those of the trainer. */
  private static Map<String, String> part(Map<String, String> chosen, boolean ofGate) {
    return chosen.entrySet().stream()
        .filter(setting -> setting.getKey().startsWith("quantizer.") == ofGate)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /**
   * The same student, without drift's effect on its schedule, in PyTorch from Python.
   *
   * @param python the interpreter
   */
  public PyTorchStudent.Result inPython(String python, List<Example> records)
      throws IOException, InterruptedException {
    TrainingPlan plan = settings.plan();
    List<Example> learned =
        records.stream().filter(r -> !plan.heldOut().rule().holdsOut(r.requestId())).toList();
    try (PyTorchStudent peer = PyTorchStudent.of(python, fresh.weights(), learned, set.heldOut())) {
      return peer.run(
          new PyTorchStudent.Plan(
              1, true, plan.replay().share(), plan.replay().memory().maxExamples()));
    }
  }

  /**
   * Learns all records, or goes on with those after {@code start}.
   *
   * @param start the end of an earlier run on a beginning of {@code records}
   * @param progress hears of each candidate
   */
  public TrainedRun run(
      List<Example> records, Optional<TrainedRun> start, Consumer<Candidate> progress)
      throws InterruptedException {
    Optional<GoodState> good = start.map(TrainedRun::end);
    HeldOutRule rule = settings.plan().heldOut().rule();
    StudentState state = good.map(GoodState::state).orElse(fresh);
    try (DjlStudentEngine engine = DjlStudentEngine.from(state, settings.objective());
        DeviceStudent device = new DeviceStudent(fresh);
        FiniteSource source = new FiniteSource(ExampleSource.of(records, rule), records.size())) {
      IncumbentJudge judge =
          new IncumbentJudge(
              gate,
              rule,
              records,
              set.labels(),
              device,
              start.map(TrainedRun::channel).orElse(IncumbentJudge.Channel.EMPTY));
      JudgedCheckpoints checkpoints =
          new JudgedCheckpoints(good, device, judge, set.heldOut(), progress);
      Alarms alarms = new Alarms(records, rule);
      TrainingLoop loop =
          new TrainingLoop(
              settings.plan(), engine, checkpoints.resume(), source, checkpoints, alarms);
      source.whenDone(loop::stop);
      long began = System.nanoTime();
      loop.run();
      double seconds = (System.nanoTime() - began - checkpoints.nanos()) / 1e9;
      GoodState end = checkpoints.newest().orElseThrow();
      long learned = end.lineage().records() - good.map(g -> g.lineage().records()).orElse(0L);
      return new TrainedRun(
          checkpoints.candidates(), alarms.positions, learned / seconds, end, judge.channel());
    }
  }

  /** Notes where in the stream drift was found. */
  private static final class Alarms implements TrainingListener {
    private final List<Long> positions = new ArrayList<>();
    private final List<Example> stream;
    private final HeldOutRule rule;

    Alarms(List<Example> stream, HeldOutRule rule) {
      this.stream = stream;
      this.rule = rule;
    }

    @Override
    public void happened(TrainingEvent event) {
      if (event.kind() == TrainingEvent.Kind.DRIFT) {
        positions.add(position(event.records()));
      }
    }

    /** Records up to the last one of so many that are learned, with those held out in between. */
    private long position(long learned) {
      int position = 0;
      for (long left = learned; left > 0 && position < stream.size(); position++) {
        left -= rule.holdsOut(stream.get(position).requestId()) ? 0 : 1;
      }
      return position;
    }
  }
}
