package io.distillstream.benchmarks.scenario;

import io.distillstream.benchmarks.scenario.order.LabelledSet;
import io.distillstream.benchmarks.scenario.order.Orders;
import io.distillstream.benchmarks.scenario.order.Scenario;
import io.distillstream.benchmarks.scenario.order.TrafficStream;
import io.distillstream.benchmarks.scenario.report.Peer;
import io.distillstream.benchmarks.scenario.report.ScenarioRow;
import io.distillstream.benchmarks.scenario.run.HeldOutScores;
import io.distillstream.benchmarks.scenario.run.Outcome;
import io.distillstream.benchmarks.scenario.run.TrainedRun;
import io.distillstream.benchmarks.scenario.run.Trial;
import io.distillstream.benchmarks.scenario.run.Variant;
import io.distillstream.benchmarks.stream.PyTorchStudent;
import io.distillstream.trainer.examples.Example;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;

/** Runs scenarios, each training once for all variants that differ in the gate alone. */
final class ScenarioRuns {
  private final LabelledSet set;
  private final Map<String, String> chosen;
  private final Plan plan;
  private final PrintWriter progress;
  private final List<Example> records;
  private final HeldOutScores scores;

  /** Runs in random order, which everything else is compared with, by whether there is replay. */
  private final Map<Boolean, TrainedRun> random = new HashMap<>();

  /**
   * @param records of a stream, at most
   * @param every fresh records between two checkpoints
   * @param day records of a day
   * @param seed of orders and first weights
   */
  record Plan(int records, int every, int day, long seed) {}

  ScenarioRuns(LabelledSet set, Map<String, String> chosen, Plan plan, PrintWriter progress) {
    this.set = set;
    this.chosen = Map.copyOf(chosen);
    this.plan = plan;
    this.progress = progress;
    List<Example> shuffled = Orders.random(set.traffic(), new Random(plan.seed()));
    records = shuffled.subList(0, Math.min(plan.records(), shuffled.size()));
    scores = new HeldOutScores(set.heldOut());
  }

  /** One row per variant. */
  List<ScenarioRow> rows(Scenario scenario, Collection<Variant> variants)
      throws IOException, InterruptedException {
    TrafficStream stream = stream(scenario);
    Map<Boolean, TrainedRun> runs = new HashMap<>();
    List<ScenarioRow> rows = new ArrayList<>();
    for (Variant variant : variants) {
      TrainedRun run = runs.get(variant.replay());
      if (run == null) {
        run =
            scenario == Scenario.RANDOM ? random(variant.replay()) : run(stream, variant.replay());
        runs.put(variant.replay(), run);
      }
      rows.add(row(stream, variant, variant.gate() ? run : run.ungated()));
    }
    return rows;
  }

  /**
   * The same student in PyTorch from Python.
   *
   * @param python the interpreter
   * @param row of the scenario, with the same replay
   */
  Peer peer(String python, Scenario scenario, ScenarioRow row)
      throws IOException, InterruptedException {
    TrafficStream stream = stream(scenario);
    boolean replay = row.variant().replay();
    PyTorchStudent.Result theirs = trial(replay).inPython(python, stream.records());
    return new Peer(
        stream.name(),
        replay,
        row.outcome().atEnd(),
        theirs.heldOut().orElseThrow(),
        row.outcome().recordsPerSecond(),
        theirs.recordsPerSecond());
  }

  private Trial trial(boolean replay) throws IOException {
    return new Trial(Variant.settings(chosen, replay), set, plan.every(), plan.seed());
  }

  private ScenarioRow row(TrafficStream stream, Variant variant, TrainedRun run)
      throws IOException, InterruptedException {
    TrafficStream shuffled = stream(Scenario.RANDOM).withDays(stream.half(), stream.dayLength());
    Outcome reference = Outcome.of(shuffled, random(variant.replay()), scores);
    Outcome outcome = Outcome.of(stream, run, scores);
    return new ScenarioRow(
        stream.name(),
        Orders.meanRun(stream.records()),
        stream.change().map(change -> OptionalInt.of(change.from())).orElse(OptionalInt.empty()),
        variant,
        outcome,
        reference.atEnd(),
        stream.dayLength() == 0
            ? OptionalDouble.empty()
            : outcome.leastHalf(reference, 2 * stream.dayLength()));
  }

  private TrainedRun random(boolean replay) throws IOException, InterruptedException {
    TrainedRun run = random.get(replay);
    if (run == null) {
      run = run(stream(Scenario.RANDOM), replay);
      random.put(replay, run);
    }
    return run;
  }

  private TrainedRun run(TrafficStream stream, boolean replay)
      throws IOException, InterruptedException {
    return trial(replay)
        .run(
            stream.records(),
            Optional.empty(),
            candidate -> {
              progress.printf(
                  Locale.ROOT,
                  "  %s, %s replay: %,d of %,d records%n",
                  stream.name(),
                  replay ? "with" : "without",
                  candidate.position(),
                  stream.records().size());
              progress.flush();
            });
  }

  private TrafficStream stream(Scenario scenario) {
    return scenario.stream(records, set.classes(), plan.day(), plan.seed());
  }
}
