package io.distillstream.monitor;

import io.distillstream.monitor.view.Status;
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
final class StatusGauges implements AutoCloseable {

  private static final String PREFIX = "distillstream.pipeline.";

  private final MeterRegistry registry;
  private final Supplier<Status> status;
  private final List<Meter> meters = new ArrayList<>();

  StatusGauges(MeterRegistry registry, Supplier<Status> status) {
    this.registry = registry;
    this.status = status;
    PipelineGauges.addTo(this);
    QualityGauges.addTo(this);
  }

  /** Adds a figure without labels. */
  void add(String name, String help, Function<Status, @Nullable Number> value) {
    add(name, help, Tags.empty(), value);
  }

  /** Adds a figure; its help says the unit. */
  void add(String name, String help, Tags tags, Function<Status, @Nullable Number> value) {
    meters.add(
        Gauge.builder(
                PREFIX + name,
                () -> Objects.requireNonNullElse(value.apply(status.get()), Double.NaN))
            .description(help)
            .tags(tags)
            .strongReference(true)
            .register(registry));
  }

  @Override
  public void close() {
    meters.forEach(registry::remove);
  }
}
