package io.distillstream.benchmarks.scenario;

import io.distillstream.benchmarks.scenario.order.LabelledSet;
import io.distillstream.benchmarks.scenario.order.Orders;
import io.distillstream.benchmarks.scenario.order.TrafficStream;
import io.distillstream.benchmarks.scenario.report.Relapse;
import io.distillstream.benchmarks.scenario.run.Candidate;
import io.distillstream.benchmarks.scenario.run.HeldOutScores;
import io.distillstream.benchmarks.scenario.run.Outcome;
import io.distillstream.benchmarks.scenario.run.TrainedRun;
import io.distillstream.benchmarks.scenario.run.Trial;
import io.distillstream.benchmarks.scenario.run.Variant;
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
import java.util.Random;

/**
 * A good student, trained once on records in random order, then requests grouped by label: other
 * ones, in another order of the labels, for each seed. Students with and without gate are the same.
 */
final class RelapseRuns {
  private final LabelledSet set;
  private final Map<String, String> chosen;
  private final ScenarioRuns.Plan plan;
  private final int grouped;
  private final PrintWriter progress;
  private final List<Example> shuffled;
  private final HeldOutScores scores;

  /**
   * @param grouped requests that come grouped by label
   */
  RelapseRuns(
      LabelledSet set,
      Map<String, String> chosen,
      ScenarioRuns.Plan plan,
      int grouped,
      PrintWriter progress) {
    this.set = set;
    this.chosen = Map.copyOf(chosen);
    this.plan = plan;
    this.grouped = grouped;
    this.progress = progress;
    shuffled = Orders.random(set.traffic(), new Random(plan.seed()));
    scores = new HeldOutScores(set.heldOut());
  }

  /** One result per variant. */
  List<Relapse> relapses(int seeds, Collection<Variant> variants)
      throws IOException, InterruptedException {
    int good = Math.min(plan.records(), shuffled.size() - grouped);
    if (good < 1) {
      throw new IllegalArgumentException(
          "%,d records are too few for %,d grouped ones".formatted(shuffled.size(), grouped));
    }
    Map<Boolean, List<List<TrainedRun>>> runs = new HashMap<>();
    List<Relapse> relapses = new ArrayList<>();
    for (Variant variant : variants) {
      List<List<TrainedRun>> some = runs.get(variant.replay());
      if (some == null) {
        some = runs(shuffled.subList(0, good), seeds, variant.replay());
        runs.put(variant.replay(), some);
      }
      relapses.add(relapse(variant, some));
    }
    return relapses;
  }

  /** Per seed the good student's run and what followed. */
  private List<List<TrainedRun>> runs(List<Example> first, int seeds, boolean replay)
      throws IOException, InterruptedException {
    Trial trial = new Trial(Variant.settings(chosen, replay), set, plan.every(), plan.seed());
    TrainedRun good =
        trial.run(stream(first).records(), Optional.empty(), c -> say("good student", replay, c));
    List<List<TrainedRun>> runs = new ArrayList<>();
    for (long seed = plan.seed(); seed < plan.seed() + seeds; seed++) {
      List<Example> records = new ArrayList<>(first);
      records.addAll(grouped(first.size(), seed));
      String name = "seed " + seed;
      runs.add(
          List.of(
              good,
              trial.run(stream(records).records(), Optional.of(good), c -> say(name, replay, c))));
    }
    return runs;
  }

  private List<Example> grouped(int from, long seed) {
    Random random = new Random(seed);
    List<Example> rest = Orders.random(shuffled.subList(from, shuffled.size()), random);
    return Orders.byLabel(rest.subList(0, grouped), random);
  }

  private Relapse relapse(Variant variant, List<List<TrainedRun>> runs) {
    List<Relapse.Seed> seeds = new ArrayList<>();
    double before = 0;
    for (List<TrainedRun> pair : runs) {
      List<TrainedRun> judged =
          variant.gate() ? pair : pair.stream().map(TrainedRun::ungated).toList();
      before = Outcome.of(stream(List.of()), judged.get(0), scores).atEnd();
      seeds.add(seed(plan.seed() + seeds.size(), judged.get(0), judged.get(1)));
    }
    return new Relapse(variant, before, grouped, seeds);
  }

  private Relapse.Seed seed(long seed, TrainedRun good, TrainedRun after) {
    List<Candidate> published = good.candidates().stream().filter(Candidate::published).toList();
    List<Candidate> candidates = new ArrayList<>();
    if (!published.isEmpty()) {
      candidates.add(published.get(published.size() - 1));
    }
    candidates.addAll(after.candidates());
    Outcome outcome = Outcome.of(stream(List.of()), after.with(candidates), scores);
    long versions = after.candidates().stream().filter(Candidate::published).count();
    return new Relapse.Seed(
        seed,
        outcome.worstStep(),
        outcome.atEnd(),
        outcome.publishedAtEnd().orElse(Double.NaN),
        versions,
        after.candidates().size() - versions);
  }

  private TrafficStream stream(List<Example> records) {
    return new TrafficStream("relapse", records, set.classes());
  }

  private void say(String name, boolean replay, Candidate candidate) {
    progress.printf(
        Locale.ROOT,
        "  relapse, %s, %s replay: %,d records%n",
        name,
        replay ? "with" : "without",
        candidate.position());
    progress.flush();
  }
}
