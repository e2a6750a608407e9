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

/** What one stage's instances said of themselves. Instances silent for a minute are forgotten. */
final class StageView {

  static final Duration SILENT_AFTER = Duration.ofSeconds(5);
  private static final Duration FORGET_AFTER = Duration.ofMinutes(1);
  private static final int MAX_INSTANCES = 1_000;

  private final WatchedStage stage;
  private final Map<String, Instance> instances = new LinkedHashMap<>();
  private @Nullable StageReport newest;

  StageView(WatchedStage stage) {
    this.stage = stage;
  }

  void report(StageReport report) {
    StageReport last = newest;
    if (last == null || !report.getAt().isBefore(last.getAt())) {
      newest = report;
    }
    Instance instance = instances.get(report.getInstance());
    if (instance == null) {
      if (instances.size() == MAX_INSTANCES) {
        return;
      }
      instance = new Instance(stage, report);
      instances.put(report.getInstance(), instance);
    }
    instance.report(report);
  }

  /** The newest value of a gauge; null if it was not reported, or not lately. */
  @Nullable Double gauge(String name, Instant now) {
    StageReport last = newest;
    return last == null || isSilent(last.getAt(), now) ? null : last.getGauges().get(name);
  }

  Status.StageStatus status(Instant now, @Nullable Lag lag) {
    instances
        .values()
        .removeIf(instance -> instance.last.getAt().isBefore(now.minus(FORGET_AFTER)));
    StageReport last = newest;
    int running = 0;
    Map<String, Double> rates = new TreeMap<>();
    Map<String, Long> counters = new TreeMap<>();
    for (Instance instance : instances.values()) {
      instance.last.getCounters().forEach((name, count) -> counters.merge(name, count, Long::sum));
      if (!isSilent(instance.last.getAt(), now) && !hasStopped(instance.last)) {
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
        last == null ? null : last.getAt().toString(),
        counters,
        last == null ? Map.of() : new TreeMap<>(last.getGauges()),
        last == null ? Map.of() : new TreeMap<>(last.getNotes()));
  }

  /** Whether it has ever reported. */
  boolean known() {
    return newest != null;
  }

  private String state(int running) {
    StageReport last = newest;
    if (last == null) {
      return "awaited";
    }
    return running > 0 ? "running" : hasStopped(last) ? "stopped" : "silent";
  }

  /** By its own words: it was closed, or gave up. */
  private static boolean hasStopped(StageReport report) {
    return report.getNotes().containsKey(StageReporter.STOPPED)
        || report.getNotes().containsKey(StageReporter.FAILURE);
  }

  private static boolean isSilent(Instant at, Instant now) {
    return at.isBefore(now.minus(SILENT_AFTER));
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
    private StageReport last;

    Instance(WatchedStage stage, StageReport first) {
      rated = stage.rated();
      longest = Collections.max(rated.values());
      last = first;
    }

    void report(StageReport report) {
      last = report;
      Map<String, Long> counts = new HashMap<>(report.getCounters());
      counts.keySet().retainAll(rated.keySet());
      Sample next = new Sample(report.getAt(), counts);
      Sample previous = samples.peekLast();
      if (previous != null
          && rated.keySet().stream().anyMatch(name -> next.count(name) < previous.count(name))) {
        // It was started anew.
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
