package io.distillstream.monitor;

import io.distillstream.monitor.view.Status;
import io.distillstream.monitor.view.WatchedStage;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The status as Prometheus figures, all named {@code distillstream_pipeline_…}; NaN where nothing
 * is known. Owns its meters in a registry that it borrows.
 */
final class PipelineGauges implements AutoCloseable {

  private static final String PREFIX = "distillstream.pipeline.";

  private final MeterRegistry registry;
  private final Supplier<Status> status;
  private final List<Meter> meters = new ArrayList<>();

  PipelineGauges(MeterRegistry registry, Supplier<Status> status) {
    this.registry = registry;
    this.status = status;
    for (WatchedStage stage : WatchedStage.values()) {
      Tags tags = Tags.of("stage", stage.label());
      add("lag.records", tags, now -> of(now, stage).lag());
      add("rate.records.per.second", tags, now -> of(now, stage).ratePerSecond());
      add("stage.up", tags, now -> of(now, stage).state().equals("running") ? 1 : 0);
    }
    add("checkpoint.version", Tags.empty(), now -> now.training().version());
    add("records.trained", Tags.empty(), now -> now.training().recordsTrained());
    add("prequential.agreement", Tags.empty(), now -> now.training().agreement());
    add("prequential.kl", Tags.empty(), now -> now.training().kl());
    add("prequential.averaged.agreement", Tags.empty(), now -> now.training().averagedAgreement());
    add("prequential.averaged.kl", Tags.empty(), now -> now.training().averagedKl());
    add("temperature", Tags.empty(), now -> now.training().temperature());
    add("alpha", Tags.empty(), now -> now.training().alpha());
    add("published.version", Tags.empty(), newest(Status.Version::version));
    add("artifact.bytes", Tags.empty(), newest(Status.Version::artifactBytes));
    add("artifact.agreement", Tags.empty(), newest(Status.Version::agreementWithFp32));
    addFreshness("all", now -> now.freshness().overall());
    addFreshness("recent", now -> now.freshness().recent());
    add("devices", Tags.of("state", "known"), now -> now.devices().known());
    add("devices", Tags.of("state", "current"), now -> now.devices().current());
    add("dead.letters", Tags.empty(), now -> now.deadLetters().count());
    add("connected", Tags.empty(), now -> now.connected() ? 1 : 0);
  }

  private void addFreshness(String window, Function<Status, Status.FreshnessWindow> of) {
    String name = "freshness.seconds";
    Tags tags = Tags.of("window", window);
    add(name, tags.and("quantile", "0.5"), now -> of.apply(now).p50());
    add(name, tags.and("quantile", "0.95"), now -> of.apply(now).p95());
    add(name, tags.and("quantile", "1"), now -> of.apply(now).max());
  }

  private void add(String name, Tags tags, Function<Status, @Nullable Number> value) {
    meters.add(
        Gauge.builder(
                PREFIX + name,
                () -> Objects.requireNonNullElse(value.apply(status.get()), Double.NaN))
            .tags(tags)
            .strongReference(true)
            .register(registry));
  }

  private static Function<Status, @Nullable Number> newest(Function<Status.Version, Number> value) {
    return now -> now.versions().isEmpty() ? null : value.apply(now.versions().get(0));
  }

  private static Status.StageStatus of(Status status, WatchedStage stage) {
    return status.stages().stream()
        .filter(candidate -> candidate.name().equals(stage.label()))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    meters.forEach(registry::remove);
  }
}
