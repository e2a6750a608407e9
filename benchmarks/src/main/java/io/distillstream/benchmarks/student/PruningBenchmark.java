package io.distillstream.benchmarks.student;

import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningPlan.Mode;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import io.distillstream.trainer.prune.PruningPlan.Scope;
import io.distillstream.trainer.prune.PruningPlan.Units;
import io.distillstream.trainer.prune.PruningSchedule;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Prunes a student step by step while it trains on labelled glosses, and measures it after each
 * recovery, beside the same student trained on the same records unpruned. All plans start from one
 * warm student; importance is measured from there on, unless it is to be measured before, and the
 * first row is before any pruning.
 */
@Command(
    name = "pruning",
    mixinStandardHelpOptions = true,
    description = "Progressive pruning: agreement, accuracy, size and latency at each step.")
public final class PruningBenchmark implements Callable<Integer> {
  private static final long SEED = 42;

  @Option(
      names = "--labels",
      description = "Where the teacher's logits are kept (default: ${DEFAULT-VALUE}).")
  private Path labels = Path.of("data/benchmarks/teacher-logits.safetensors");

  @Option(
      names = "--student",
      description =
          "A transformer by its size, or a bag of n-grams such as ngram-128-16384 (default:"
              + " ${DEFAULT-VALUE}).")
  private String student = "small";

  @Option(names = "--warm", description = "Records before all else (default: ${DEFAULT-VALUE}).")
  private int warm = 20_000;

  @Option(names = "--recovery", description = "Records per step (default: ${DEFAULT-VALUE}).")
  private int recovery = 2_000;

  @Option(names = "--step", description = "Share that each step adds (default: ${DEFAULT-VALUE}).")
  private double step = 0.1;

  @Option(names = "--target", description = "Share in the end (default: ${DEFAULT-VALUE}).")
  private double target = 0.7;

  @Option(names = "--shape", description = "Of the steps: ${COMPLETION-CANDIDATES}.")
  private PruningSchedule.Shape shape = PruningSchedule.Shape.EQUAL;

  @Option(names = "--modes", split = ",", description = "Of ${COMPLETION-CANDIDATES}.")
  private List<Mode> modes = List.of(Mode.UNSTRUCTURED, Mode.STRUCTURED);

  @Option(names = "--units", split = ",", description = "Of ${COMPLETION-CANDIDATES}.")
  private List<Units> units = List.of(Units.values());

  @Option(names = "--scopes", split = ",", description = "Of ${COMPLETION-CANDIDATES}.")
  private List<Scope> scopes = List.of(Scope.values());

  @Option(names = "--scalings", split = ",", description = "Of ${COMPLETION-CANDIDATES}.")
  private List<Scaling> scalings = List.of(Scaling.NONE);

  @Option(names = "--criteria", split = ",", description = "Of ${COMPLETION-CANDIDATES}.")
  private List<Criterion> criteria = List.of(Criterion.values());

  @Option(
      names = "--measure-warm",
      description = "Measure importance from the first record on, as a trainer does.")
  private boolean measureWarm;

  @Option(names = "--no-control", description = "Leave out the student that is never pruned.")
  private boolean withoutControl;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  PruningBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    LabelledCorpus glosses = LabelledCorpus.glosses(labels, out);
    StudentSpec whole =
        NamedStudent.of(student, glosses.tokenizer().vocabulary().size(), glosses.labels().size())
            .orElseThrow(
                () ->
                    new ParameterException(spec.commandLine(), "No student is called " + student));
    PruningSchedule schedule =
        new PruningSchedule(shape, warm + (long) recovery, recovery, step, target);
    PruningTrial trial = new PruningTrial(glosses, warm + recovery * (schedule.rises() + 1), out);
    StudentState start =
        StudentState.fresh(TeacherStart.weights(whole, SEED, TeacherWordTable.ofMiniLm()), SEED);
    try (StudentEngine engine = DjlStudentEngine.from(start)) {
      List<PruningPlan> plans = plans(schedule);
      trial.learn(engine, measureWarm ? measuring(plans.get(0)) : PruningPlan.NONE, warm);
      runAll(trial, engine, plans);
    }
    return 0;
  }

  /** Nothing is due while warming up, and everything is measured by the plan's criterion. */
  private static PruningPlan measuring(PruningPlan plan) {
    return new PruningPlan(
        Mode.BOTH, Units.ALL, plan.criterion(), Scope.ALL, plan.scaling(), plan.schedule());
  }

  private void runAll(PruningTrial trial, StudentEngine engine, List<PruningPlan> plans)
      throws IOException, UnusableModelException {
    StudentState warmed = engine.snapshot();
    OnnxModel unpruned = trial.export(engine);
    if (!withoutControl) {
      trial.run("unpruned", engine, PruningPlan.NONE, recovery, unpruned);
    }
    for (PruningPlan plan : plans) {
      engine.restore(warmed);
      String name =
          "%s, units %s, %s, scope %s, scaling %s"
              .formatted(plan.mode(), plan.units(), plan.criterion(), plan.scope(), plan.scaling());
      trial.run(name, engine, plan, recovery, unpruned);
    }
  }

  private List<PruningPlan> plans(PruningSchedule schedule) {
    if (measureWarm && criteria.size() > 1) {
      throw new ParameterException(
          spec.commandLine(), "--measure-warm measures by one criterion, got " + criteria);
    }
    List<PruningPlan> plans = new ArrayList<>();
    for (Mode mode : modes) {
      // Single weights are of no kind of unit, and units have no scope.
      for (Units kind : mode.units() ? units : List.of(Units.ALL)) {
        for (Scope scope : mode.weights() ? scopes : List.of(Scope.NETWORK)) {
          for (Scaling scaling : scalings) {
            for (Criterion criterion : criteria) {
              plans.add(new PruningPlan(mode, kind, criterion, scope, scaling, schedule));
            }
          }
        }
      }
    }
    return plans;
  }
}
