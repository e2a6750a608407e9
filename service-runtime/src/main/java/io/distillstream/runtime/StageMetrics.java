package io.distillstream.runtime;

import io.distillstream.avro.StageReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * What one stage counts and measures. The same figures go to {@code stage-reports} and, as {@code
 * distillstream_<name>{stage="…"}}, to the process's Prometheus endpoint; {@code docs/metrics.md}
 * lists them. Names follow Prometheus' conventions: base units ({@code _seconds}, {@code _bytes})
 * at the end, and no {@code _total}, which counters get by themselves. Thread-safe.
 */
public final class StageMetrics {

  private static final String PREFIX = "distillstream.";

  private final String stage;
  private final String instance;
  private final MeterRegistry registry;
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();
  private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();
  private final Map<String, String> notes = new ConcurrentHashMap<>();

  StageMetrics(String stage, String instance, MeterRegistry registry) {
    this.stage = stage;
    this.instance = instance;
    this.registry = registry;
  }

  /**
   * A counter that only grows; the same object for the same name.
   *
   * @param help one sentence for whoever reads the metric, with the unit where the name has none
   */
  public Counter counter(String name, String help) {
    return counter(name, name, Tags.empty(), help);
  }

  /** The counter of records that the stage sent to {@code dead-letters}. */
  public Counter deadLetters() {
    return counter("dead_letters", "Records that a stage could not use and sent to dead-letters.");
  }

  /**
   * One of several counters that Prometheus has under one name.
   *
   * @param key what stage reports call it
   * @param labels tell it apart from the others of its name, all of which have the same labels
   */
  public Counter counter(String key, String name, Tags labels, String help) {
    return counters.computeIfAbsent(
        key,
        k ->
            Counter.builder(PREFIX + name)
                .description(help)
                .tags(labels.and("stage", stage))
                .register(registry));
  }

  /** What a counter has counted so far; 0 before it is first asked for. */
  public double count(String name) {
    Counter counter = counters.get(name);
    return counter == null ? 0 : counter.count();
  }

  /**
   * A figure read whenever it is reported; a later supplier replaces an earlier one. Where it is
   * not finite it is left out of the report.
   *
   * @param help one sentence for whoever reads the metric, with the unit where the name has none
   */
  public void gauge(String name, String help, DoubleSupplier value) {
    gauge(name, name, Tags.empty(), help, value);
  }

  /**
   * One of several figures that Prometheus has under one name.
   *
   * @param key what stage reports call it
   * @param labels tell it apart from the others of its name, all of which have the same labels
   */
  public void gauge(String key, String name, Tags labels, String help, DoubleSupplier value) {
    if (gauges.put(key, value) == null) {
      Gauge.builder(PREFIX + name, () -> gauges.get(key).getAsDouble())
          .description(help)
          .tags(labels.and("stage", stage))
          .strongReference(true)
          .register(registry);
    }
  }

  /** A short fact, such as a version. */
  public void note(String name, String value) {
    notes.put(name, value);
  }

  /** What the stage would report now. */
  public StageReport report(Instant now) {
    Map<String, Long> counted = new TreeMap<>();
    counters.forEach((name, counter) -> counted.put(name, Math.round(counter.count())));
    Map<String, Double> measured = new TreeMap<>();
    gauges.forEach(
        (name, gauge) -> {
          double value = gauge.getAsDouble();
          if (Double.isFinite(value)) {
            measured.put(name, value);
          }
        });
    return new StageReport(stage, instance, now, counted, measured, new HashMap<>(notes));
  }
}
