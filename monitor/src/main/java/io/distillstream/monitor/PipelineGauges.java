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
      add(
          "lag.records",
          "Records that a stage has still to read.",
          tags,
          now -> of(now, stage).lag());
      add(
          "rate.records.per.second",
          "Records per second that a stage gets through.",
          tags,
          now -> of(now, stage).ratePerSecond());
      add(
          "stage.up",
          "1 while a stage reports and works, else 0.",
          tags,
          now -> of(now, stage).state().equals("running") ? 1 : 0);
    }
    add(
        "checkpoint.version",
        "Version of the newest checkpoint.",
        Tags.empty(),
        now -> now.training().version());
    add(
        "records.trained",
        "Records that the student has learned from.",
        Tags.empty(),
        now -> now.training().recordsTrained());
    add(
        "prequential.agreement",
        "Share of records, scored before they were learned, on which student and teacher agree.",
        Tags.empty(),
        now -> now.training().agreement());
    add(
        "prequential.kl",
        "Mean KL divergence of the student from the teacher, in nats, scored before learning.",
        Tags.empty(),
        now -> now.training().kl());
    add(
        "prequential.averaged.agreement",
        "Agreement of the averaged weights, scored before learning.",
        Tags.empty(),
        now -> now.training().averagedAgreement());
    add(
        "prequential.averaged.kl",
        "Mean KL divergence of the averaged weights, in nats, scored before learning.",
        Tags.empty(),
        now -> now.training().averagedKl());
    add(
        "temperature",
        "Softmax temperature of the distillation loss.",
        Tags.empty(),
        now -> now.training().temperature());
    add(
        "alpha",
        "Weight of the distillation term in the loss, 0 to 1.",
        Tags.empty(),
        now -> now.training().alpha());
    add(
        "published.version",
        "Version of the newest published artifact.",
        Tags.empty(),
        newest(Status.Version::version));
    add(
        "artifact.bytes",
        "Bytes of the newest published artifact.",
        Tags.empty(),
        newest(Status.Version::artifactBytes));
    add(
        "artifact.agreement",
        "Share of texts on which the newest artifact and its fp32 checkpoint agree.",
        Tags.empty(),
        newest(Status.Version::agreementWithFp32));
    addFreshness("all", now -> now.freshness().overall());
    addFreshness("recent", now -> now.freshness().recent());
    add(
        "devices",
        "Devices that have reported, and those on the newest artifact.",
        Tags.of("state", "known"),
        now -> now.devices().known());
    add(
        "devices",
        "Devices that have reported, and those on the newest artifact.",
        Tags.of("state", "current"),
        now -> now.devices().current());
    add(
        "dead.letters",
        "Records that no stage could use.",
        Tags.empty(),
        now -> now.deadLetters().count());
    add(
        "connected",
        "1 while the brokers answer the monitor, else 0.",
        Tags.empty(),
        now -> now.connected() ? 1 : 0);
  }

  private void addFreshness(String window, Function<Status, Status.FreshnessWindow> of) {
    String name = "freshness.seconds";
    String help = "Age of training records when a device began to answer with them, in seconds.";
    Tags tags = Tags.of("window", window);
    add(name, help, tags.and("quantile", "0.5"), now -> of.apply(now).p50());
    add(name, help, tags.and("quantile", "0.95"), now -> of.apply(now).p95());
    add(name, help, tags.and("quantile", "1"), now -> of.apply(now).max());
  }

  private void add(String name, String help, Tags tags, Function<Status, @Nullable Number> value) {
    meters.add(
        Gauge.builder(
                PREFIX + name,
                () -> Objects.requireNonNullElse(value.apply(status.get()), Double.NaN))
            .description(help)
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
