package io.distillstream.runtime.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.distillstream.runtime.tracing.Tracing.Roots;
import io.distillstream.wire.trace.Spans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TracingTest {

  private static final SpanContext NONE = SpanContext.getInvalid();
  private static final int MOST = 4;

  private final Counted counted = new Counted();

  private static final class Counted implements ExportListener {
    private final AtomicInteger exported = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();

    @Override
    public void exported(int spans) {
      exported.addAndGet(spans);
    }

    @Override
    public void dropped(int spans) {
      dropped.addAndGet(spans);
    }
  }

  /** Answers nothing until it is told to. */
  private static final class Stuck implements SpanExporter {
    private final CompletableResultCode result = new CompletableResultCode();

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      return result;
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  @Test
  void shouldExportAStagesSpansAsAServiceOfThePipeline() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.start()) {
      Span parent;
      Span child;
      try (Tracing tracing =
          Tracing.start(
              Optional.of(
                  new ExportPlan(
                      collector.endpoint(), 1, Map.of("Authorization", "Bearer secret"))),
              "demo",
              "7")) {
        Spans teacher = tracing.stage("teacher", Roots.SAMPLED, counted);
        Spans joiner = tracing.stage("joiner", Roots.SAMPLED, ExportListener.NONE);
        parent = teacher.span("label", SpanKind.INTERNAL, NONE).startSpan();
        child = joiner.process("join", "demo.soft-labels", parent.getSpanContext()).startSpan();
        Spans.fail(child, "dead_letter", "it went to dead-letters");
        child.end();
        parent.end();
        eventually(() -> assertThat(collector.spans()).hasSize(2));
        eventually(() -> assertThat(counted.exported).hasValue(1));
      }

      OtlpReceiver.Received label = only(collector.spans("label"));
      assertThat(label.resource())
          .containsEntry("service.name", "distillstream-teacher")
          .containsEntry("service.namespace", "demo")
          .containsEntry("service.instance.id", "7");
      OtlpReceiver.Received join = only(collector.spans("join"));
      assertThat(join.service()).isEqualTo("distillstream-joiner");
      assertThat(join.parent())
          .isEqualTo(label.id())
          .isEqualTo(parent.getSpanContext().getSpanId());
      assertThat(join.trace()).isEqualTo(label.trace());
      assertThat(join.attributes())
          .containsEntry("messaging.system", "kafka")
          .containsEntry("messaging.operation.type", "process")
          .containsEntry("messaging.destination.name", "demo.soft-labels")
          .containsEntry("error.type", "dead_letter");
      assertThat(join.failed()).isTrue();
      assertThat(label.failed()).isFalse();
      assertThat(collector.authorizations()).containsOnly("Bearer secret");
      assertThat(counted.dropped).hasValue(0);
    }
  }

  @Test
  void shouldLeaveTheDecisionToWhoeverBeganATrace() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.start()) {
      try (Tracing none = start(collector.endpoint(), 0);
          Tracing all = start(collector.endpoint(), 1)) {
        Spans seldom = none.stage("teacher", Roots.SAMPLED, counted);
        seldom
            .span("asked for", SpanKind.SERVER, client(TraceFlags.getSampled()))
            .startSpan()
            .end();
        seldom.span("not asked for", SpanKind.SERVER, NONE).startSpan().end();
        seldom.span("declined", SpanKind.SERVER, client(TraceFlags.getDefault())).startSpan().end();
        none.stage("trainer", Roots.ALL, counted)
            .span("checkpoint", SpanKind.CONSUMER, NONE)
            .startSpan()
            .end();
        Spans always = all.stage("teacher", Roots.SAMPLED, counted);
        always.span("declined", SpanKind.SERVER, client(TraceFlags.getDefault())).startSpan().end();
        always.span("not decided", SpanKind.SERVER, NONE).startSpan().end();
        // The last of each queue, which keeps its order.
        eventually(() -> assertThat(collector.spans("checkpoint")).hasSize(1));
        eventually(() -> assertThat(collector.spans("not decided")).hasSize(1));
      }

      assertThat(collector.spans())
          .extracting(OtlpReceiver.Received::name)
          .containsExactlyInAnyOrder("asked for", "checkpoint", "not decided");
    }
  }

  @Test
  void shouldGiveATraceThatIsNotSampledAContextAllTheSame() throws Exception {
    try (Tracing tracing = start(closedPort(), 0)) {
      Spans spans = tracing.stage("teacher", Roots.SAMPLED, counted);
      SpanContext context =
          spans.span("label", SpanKind.INTERNAL, NONE).startSpan().getSpanContext();

      assertThat(context.isValid()).isTrue();
      assertThat(context.isSampled()).isFalse();
    }
  }

  @Test
  void shouldDropAndCountWhatTheQueueHasNoRoomFor() {
    Stuck collector = new Stuck();
    SpanExport export =
        SpanExport.start(
            new ExportPlan(URI.create("http://localhost:4318"), 1, Map.of()),
            "demo",
            "1",
            collector,
            MOST);
    Spans spans = export.stage("teacher", Roots.SAMPLED, counted);
    int ended = 100;
    for (int i = 0; i < ended; i++) {
      spans.span("label", SpanKind.INTERNAL, NONE).startSpan().end();
    }
    // One batch may be under way while the queue is full.
    assertThat(counted.dropped.get()).isBetween(ended - 2 * MOST, ended - MOST);

    collector.result.succeed();
    eventually(() -> assertThat(counted.exported.get() + counted.dropped.get()).isEqualTo(ended));
    export.close();
  }

  @Test
  void shouldSayOnceThatTheCollectorIsAway() throws Exception {
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    Logger log = (Logger) LoggerFactory.getLogger(ReportingExporter.class);
    appender.start();
    log.addAppender(appender);
    URI away = closedPort();
    try (Tracing tracing = start(away, 1)) {
      Spans spans = tracing.stage("teacher", Roots.SAMPLED, counted);
      for (int batch = 1; batch <= 2; batch++) {
        spans.span("label", SpanKind.INTERNAL, NONE).startSpan().end();
        int lost = batch;
        eventually(() -> assertThat(counted.dropped).hasValue(lost));
      }
    } finally {
      log.detachAppender(appender);
    }

    ILoggingEvent line = only(appender.list);
    assertThat(line.getFormattedMessage())
        .contains(away.toString())
        .contains("tracing.otlp-endpoint")
        .endsWith("nobody listens there");
    assertThat(line.getThrowableProxy()).isNull();
  }

  @Test
  void shouldCountWhatTheCollectorRefuses() throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.refusing()) {
      try (Tracing tracing = start(collector.endpoint(), 1)) {
        tracing
            .stage("teacher", Roots.SAMPLED, counted)
            .span("label", SpanKind.INTERNAL, NONE)
            .startSpan()
            .end();
        eventually(() -> assertThat(counted.dropped).hasValue(1));
      }
      assertThat(counted.exported).hasValue(0);
    }
  }

  @Test
  void shouldTraceNothingUnlessAskedTo() {
    try (Tracing tracing = Tracing.start(Optional.empty(), "demo", "1")) {
      assertThat(tracing).isSameAs(Tracing.off());
      assertThat(tracing.stage("teacher", Roots.ALL, counted)).isSameAs(Spans.none());
    }
  }

  @Test
  void shouldNotShowCredentials() {
    assertThat(new ExportPlan(URI.create("http://c:1"), 1, Map.of("Authorization", "secret")))
        .asString()
        .doesNotContain("secret");
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(60)).untilAsserted(assertion);
  }

  private static Tracing start(URI endpoint, double ratio) {
    return Tracing.start(Optional.of(new ExportPlan(endpoint, ratio, Map.of())), "demo", "1");
  }

  private static SpanContext client(TraceFlags flags) {
    return SpanContext.createFromRemoteParent(
        "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", flags, TraceState.getDefault());
  }

  /** Where nobody listens. */
  private static URI closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
  }

  private static <T> T only(List<T> all) {
    assertThat(all).hasSize(1);
    return all.get(0);
  }
}
