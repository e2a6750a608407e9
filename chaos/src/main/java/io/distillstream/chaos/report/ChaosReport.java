package io.distillstream.chaos.report;

import io.distillstream.chaos.audit.Evidence;
import io.distillstream.chaos.audit.Promise;
import io.distillstream.chaos.audit.ResourceAudit.Held;
import io.distillstream.chaos.process.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a run showed.
 *
 * @param seed by which its faults can be repeated
 * @param skipped kinds of faults that could not be brought about, with the reason
 * @param held what the largest process of each stage that lived long enough held
 * @param busiestMinute the most lines that each stage logged within a minute
 */
public record ChaosReport(
    long seed,
    Duration faultsFor,
    Totals totals,
    List<FaultOutcome> faults,
    Map<String, String> skipped,
    Map<Stage, Held> held,
    Map<Stage, Long> busiestMinute,
    Evidence evidence) {

  /** Whether every promise was judged and held. */
  public boolean kept() {
    return evidence.isEmpty();
  }

  /** By kind, in the order in which they first came. */
  Map<String, List<FaultOutcome>> byKind() {
    Map<String, List<FaultOutcome>> kinds = new LinkedHashMap<>();
    faults.forEach(
        fault -> kinds.computeIfAbsent(fault.fault(), k -> new ArrayList<>()).add(fault));
    return kinds;
  }

  /** How long each stage took at most. */
  static Map<Stage, Duration> longest(List<FaultOutcome> faults) {
    Map<Stage, Duration> longest = new EnumMap<>(Stage.class);
    for (FaultOutcome fault : faults) {
      fault
          .recovered()
          .forEach(
              (stage, took) -> longest.merge(stage, took, (a, b) -> a.compareTo(b) >= 0 ? a : b));
    }
    return longest;
  }

  /** For people. */
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    lines.add("Faults for %d s, seed %d".formatted(faultsFor.toSeconds(), seed));
    lines.add(
        "  %,d requests acknowledged, %,d trained, %,d held out; %,d calls repeated"
            .formatted(
                totals.acknowledged(), totals.trained(), totals.heldOut(), totals.repeatedCalls()));
    lines.add(
        "  %,d checkpoints, %,d updates, %,d device answers; %,d of %,d dead letters were planted"
            .formatted(
                totals.checkpoints(),
                totals.updates(),
                totals.deviceAnswers(),
                totals.undecodable(),
                totals.deadLetters()));
    lines.add("");
    lines.addAll(recoveries());
    lines.add("");
    lines.addAll(resources());
    lines.add("");
    lines.addAll(promises());
    return lines;
  }

  private List<String> recoveries() {
    List<String> lines = new ArrayList<>();
    StringBuilder head = new StringBuilder("%-16s%7s".formatted("Longest recovery", "faults"));
    for (Stage stage : Stage.values()) {
      head.append("%11s".formatted(stage.text()));
    }
    lines.add(head.toString());
    byKind().forEach((kind, outcomes) -> lines.add(row(kind, outcomes)));
    lines.add(row("all", faults));
    lines.add("  from the end of the fault, or the start of what it killed, until output went on");
    skipped.forEach((kind, reason) -> lines.add("%-16s skipped: %s".formatted(kind, reason)));
    return lines;
  }

  private static String row(String name, List<FaultOutcome> outcomes) {
    StringBuilder row = new StringBuilder("%-16s%7d".formatted(name, outcomes.size()));
    Map<Stage, Duration> longest = longest(outcomes);
    for (Stage stage : Stage.values()) {
      Duration took = longest.get(stage);
      row.append(
          took == null
              ? "%11s".formatted("-")
              : String.format(Locale.ROOT, "%9.1f s", took.toMillis() / 1000.0));
    }
    return row.toString();
  }

  private List<String> resources() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-12s%24s%22s%20s".formatted("Stage", "memory, MiB", "handles", "lines in a minute"));
    for (Stage stage : Stage.values()) {
      Held of = held.get(stage);
      lines.add(
          "%-12s%24s%22s%20d"
              .formatted(
                  stage.text(),
                  of == null
                      ? "no process lived"
                      : "%d to %d".formatted(of.warmRssBytes() >> 20, of.endRssBytes() >> 20),
                  of == null
                      ? "long enough"
                      : "%d to %d".formatted(of.warmHandles(), of.endHandles()),
                  busiestMinute.getOrDefault(stage, 0L)));
    }
    return lines;
  }

  private List<String> promises() {
    List<String> lines = new ArrayList<>();
    for (Promise promise : Promise.values()) {
      int broken = evidence.count(promise);
      Optional<String> notJudged = evidence.notJudged(promise);
      String verdict = broken > 0 ? "BROKEN" : notJudged.isPresent() ? "NOT JUDGED" : "held";
      lines.add("%-12s%s".formatted(verdict, promise.text()));
      notJudged.ifPresent(why -> lines.add("            " + why.replace("\n", "\n          ")));
      evidence
          .of(promise)
          .forEach(what -> lines.add("            " + what.replace("\n", "\n          ")));
      if (broken > evidence.of(promise).size()) {
        lines.add("            and %,d more".formatted(broken - evidence.of(promise).size()));
      }
    }
    return lines;
  }
}
