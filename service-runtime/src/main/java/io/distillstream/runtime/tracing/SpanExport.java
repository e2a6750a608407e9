package io.distillstream.runtime.tracing;

import io.distillstream.wire.trace.Spans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One queue of spans, and one thread that sends them, for all stages of a process. Each stage is a
 * service of its own to the collector, so each has a tracer provider of its own.
 */
final class SpanExport implements AutoCloseable {

  static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");

  /** Spans that may wait; of some 500 bytes each. */
  static final int MOST_WAITING = 4_096;

  /** Bounds what a hostile {@code tracestate} or key can make of a span. */
  private static final int LONGEST_VALUE = 256;

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration SEND = Duration.ofSeconds(5);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final ExportPlan plan;
  private final Attributes shared;
  private final WaitingSpans waiting;
  private final Map<String, Spans> stages = new ConcurrentHashMap<>();

  private SpanExport(ExportPlan plan, Attributes shared, WaitingSpans waiting) {
    this.plan = plan;
    this.shared = shared;
    this.waiting = waiting;
  }

  static SpanExport start(ExportPlan plan, String namespace, String instance) {
    OtlpHttpSpanExporterBuilder otlp =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(plan.traces())
            .setConnectTimeout(CONNECT)
            .setTimeout(SEND)
            .setCompression("gzip");
    plan.headers().forEach(otlp::addHeader);
    return start(plan, namespace, instance, otlp.build(), MOST_WAITING);
  }

  /**
   * @param exporter transferred
   * @param mostWaiting spans that may wait
   */
  static SpanExport start(
      ExportPlan plan, String namespace, String instance, SpanExporter exporter, int mostWaiting) {
    AttributesBuilder shared =
        Attributes.builder()
            .put("service.namespace", namespace)
            .put("service.instance.id", instance);
    String version = SpanExport.class.getPackage().getImplementationVersion();
    if (version != null) {
      shared.put("service.version", version);
    }
    ReportingExporter reporting = new ReportingExporter(exporter, plan.endpoint());
    BatchSpanProcessor batches =
        BatchSpanProcessor.builder(reporting)
            .setMaxQueueSize(mostWaiting)
            .setMaxExportBatchSize(Math.min(mostWaiting, 512))
            .setScheduleDelay(EVERY)
            .setExporterTimeout(SEND.multipliedBy(2))
            .build();
    return new SpanExport(plan, shared.build(), new WaitingSpans(batches, reporting, mostWaiting));
  }

  Spans stage(String name, Tracing.Roots roots, ExportListener listener) {
    return stages.computeIfAbsent(name, absent -> open(name, roots, listener));
  }

  private Spans open(String name, Tracing.Roots roots, ExportListener listener) {
    String service = "distillstream-" + name;
    Sampler root =
        switch (roots) {
          case SAMPLED -> Sampler.traceIdRatioBased(plan.sampleRatio());
          case ALL -> Sampler.alwaysOn();
        };
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.getDefault()
                    .merge(Resource.create(shared.toBuilder().put(SERVICE, service).build())))
            .setSampler(Sampler.parentBased(root))
            .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(LONGEST_VALUE).build())
            .addSpanProcessor(waiting.of(service, listener))
            .build();
    return new Spans(provider.get(Spans.SCOPE));
  }

  @Override
  public void close() {
    waiting.shutdown().join(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
  }
}
