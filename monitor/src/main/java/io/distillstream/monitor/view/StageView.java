package io.distillstream.monitor.view;

import io.distillstream.avro.StageReport;
import io.distillstream.lag.Lag;
import io.distillstream.runtime.StageReporter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one stage's instances said of themselves. Instances silent for a minute are forgotten.
 * Silence is counted from when a report was heard, since clocks of stages differ; rates are by the
 * reports' own times, since several may be heard at once.
 */
final class StageView {

  static final Duration SILENT_AFTER = Duration.ofSeconds(5);
  private static final Duration FORGET_AFTER = Duration.ofMinutes(1);
  private static final int MAX_INSTANCES = 1_000;

  private final WatchedStage stage;
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private @Nullable Heard newest;

  /**
   * A report.
   *
   * @param at when it was heard
   */
  private record Heard(StageReport report, Instant at) {

    boolean isOlderThan(Duration age, Instant now) {
      return at.isBefore(now.minus(age));
    }

    /** By its own words: it was closed, or gave up. */
    boolean hasStopped() {
      return report.getNotes().containsKey(StageReporter.STOPPED)
          || report.getNotes().containsKey(StageReporter.FAILURE);
    }
  }

  StageView(WatchedStage stage) {
    this.stage = stage;
  }

  /**
   * Takes a report.
   *
   * @param at when it was heard
   */
  void report(StageReport report, Instant at) {
    Heard last = newest;
    Heard next = new Heard(report, at);
    if (last == null || !at.isBefore(last.at())) {
      newest = next;
    }
    Instance instance = instances.get(report.getInstance());
    if (instance == null) {
      if (instances.size() == MAX_INSTANCES) {
        return;
      }
      instance = new Instance(stage, next);
      instances.put(report.getInstance(), instance);
    }
    instance.report(next);
  }

  /** The newest value of a gauge; null if it was not reported, or not lately. */
  @Nullable Double gauge(String name, Instant now) {
    Heard last = newest;
    return last == null || last.isOlderThan(SILENT_AFTER, now)
        ? null
        : last.report().getGauges().get(name);
  }

  Status.StageStatus status(Instant now, @Nullable Lag lag) {
    instances.values().removeIf(instance -> instance.last.isOlderThan(FORGET_AFTER, now));
    Heard last = newest;
    int running = 0;
    Map<String, Double> rates = new TreeMap<>();
    Map<String, Long> counters = new TreeMap<>();
    for (Instance instance : instances.values()) {
      Heard latest = instance.last;
      latest
          .report()
          .getCounters()
          .forEach((name, count) -> counters.merge(name, count, Long::sum));
      if (!latest.isOlderThan(SILENT_AFTER, now) && !latest.hasStopped()) {
        running++;
        instance.rates().forEach((name, rate) -> rates.merge(name, rate, Double::sum));
      }
    }
    return new Status.StageStatus(
        stage.label(),
        state(running),
        running,
        lag == null ? null : lag.records(),
        lag == null ? null : lag.seconds(),
        lag == null ? null : lag.exact(),
        lag == null ? null : lag.lost(),
        rates.get(stage.output()),
        rates,
        counters.get(stage.output()),
        last == null ? null : last.at().toString(),
        counters,
        last == null ? Map.of() : new TreeMap<>(last.report().getGauges()),
        last == null ? Map.of() : new TreeMap<>(last.report().getNotes()));
  }

  /** Whether it has ever reported. */
  boolean known() {
    return newest != null;
  }

  private String state(int running) {
    Heard last = newest;
    if (last == null) {
      return "awaited";
    }
    return running > 0 ? "running" : last.hasStopped() ? "stopped" : "silent";
  }

  /** One process's reports within the longest window of a rate. */
  private static final class Instance {

    private record Sample(Instant at, Map<String, Long> counts) {

      long count(String counter) {
        return counts.getOrDefault(counter, 0L);
      }
    }

    private final Map<String, Duration> rated;
    private final Duration longest;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private Heard last;

    Instance(WatchedStage stage, Heard first) {
      rated = stage.rated();
      longest = Collections.max(rated.values());
      last = first;
    }

    void report(Heard heard) {
      last = heard;
      StageReport report = heard.report();
      Map<String, Long> counts = new HashMap<>(report.getCounters());
      counts.keySet().retainAll(rated.keySet());
      Sample next = new Sample(report.getAt(), counts);
      Sample previous = samples.peekLast();
      if (previous != null
          && (next.at().isBefore(previous.at())
              || rated.keySet().stream()
                  .anyMatch(name -> next.count(name) < previous.count(name)))) {
        // It was started anew, or its clock was set back.
        samples.clear();
      }
      samples.addLast(next);
      while (samples.getFirst().at().isBefore(next.at().minus(longest))) {
        samples.removeFirst();
      }
    }

    /** Of the counters that it has. */
    Map<String, Double> rates() {
      Map<String, Double> rates = new HashMap<>();
      rated.forEach(
          (counter, window) -> {
            if (samples.getLast().counts().containsKey(counter)) {
              rates.put(counter, rate(counter, window));
            }
          });
      return rates;
    }

    private double rate(String counter, Duration window) {
      Sample latest = samples.getLast();
      Instant since = latest.at().minus(window);
      Sample first =
          samples.stream()
              .filter(sample -> !sample.at().isBefore(since))
              .findFirst()
              .orElse(latest);
      double seconds = Duration.between(first.at(), latest.at()).toMillis() / 1000.0;
      return seconds > 0 ? (latest.count(counter) - first.count(counter)) / seconds : 0;
    }
  }
}
