package io.distillstream.monitor;

import io.distillstream.monitor.freshness.FreshnessHistogram;
import io.distillstream.monitor.freshness.Leg;
import io.distillstream.monitor.view.Snapshot;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Freshness, whole and by leg, as histograms of Prometheus: the records come counted, and
 * Micrometer takes single values only.
 */
final class FreshnessHistograms implements MultiCollector, AutoCloseable {

  private static final String WHOLE = "distillstream_freshness_seconds";
  private static final String LEG = "distillstream_freshness_leg_seconds";

  private final PrometheusRegistry registry;
  private final Supplier<Snapshot> snapshots;

  private FreshnessHistograms(PrometheusRegistry registry, Supplier<Snapshot> snapshots) {
    this.registry = registry;
    this.snapshots = snapshots;
  }

  /** Adds them to a registry, which is borrowed. */
  static FreshnessHistograms register(
      PrometheusMeterRegistry registry, Supplier<Snapshot> snapshots) {
    FreshnessHistograms histograms =
        new FreshnessHistograms(registry.getPrometheusRegistry(), snapshots);
    histograms.registry.register(histograms);
    return histograms;
  }

  @Override
  public MetricSnapshots collect() {
    Snapshot now = snapshots.get();
    HistogramSnapshot whole =
        HistogramSnapshot.builder()
            .name(WHOLE)
            .help("Age of records when a device began to answer with what was learned from them.")
            .dataPoint(point(now.freshness(), Labels.EMPTY))
            .build();
    HistogramSnapshot.Builder legs =
        HistogramSnapshot.builder()
            .name(LEG)
            .help("Where that time went: the legs of a record's way from the request to a device.");
    for (Map.Entry<Leg, FreshnessHistogram> leg : now.legs().entrySet()) {
      legs.dataPoint(point(leg.getValue(), Labels.of("leg", leg.getKey().label())));
    }
    return MetricSnapshots.of(whole, legs.build());
  }

  private static HistogramDataPointSnapshot point(FreshnessHistogram histogram, Labels labels) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long before = 0;
    for (int i = 0; i < histogram.bounds().size(); i++) {
      buckets.bucket(histogram.bounds().get(i), histogram.within().get(i) - before);
      before = histogram.within().get(i);
    }
    buckets.bucket(Double.POSITIVE_INFINITY, histogram.records() - before);
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(histogram.sumSeconds())
        .labels(labels)
        .build();
  }

  @Override
  public void close() {
    registry.unregister(this);
  }
}
