package io.distillstream.device.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.device.Installation;
import io.distillstream.device.Rejection;
import io.distillstream.wire.trace.RecordedSpans;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InstallSpansTest {

  private final RecordedSpans recorded = new RecordedSpans();
  private final InstallSpans spans =
      new InstallSpans(recorded.spans(), "demo.model-updates", "student/stable");

  @Test
  void shouldHangAnInstallationOnItsUpdate() {
    spans.seen(1, update(1));
    spans.seen(2, update(2));

    spans.installed(new Installation(2, Path.of("model"), Instant.now(), 10, 100));

    assertThat(recorded.only().getParentSpanId()).isEqualTo(update(2).getSpanId());
    assertThat(recorded.only().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void shouldSayThatAnUpdateWasRefused() {
    spans.seen(1, update(1));

    spans.rejected(new Rejection(1, "its digest is another"));

    assertThat(recorded.only().getParentSpanId()).isEqualTo(update(1).getSpanId());
    assertThat(recorded.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(recorded.only().getStatus().getDescription()).isEqualTo("its digest is another");
  }

  @Test
  void shouldKeepTheTraceOfAnUpdateThatIsSentOnceMoreWithout() {
    spans.seen(1, update(1));
    spans.seen(1, SpanContext.getInvalid());

    spans.installed(new Installation(1, Path.of("model"), Instant.now(), 10, 100));

    assertThat(recorded.only().getParentSpanId()).isEqualTo(update(1).getSpanId());
  }

  @Test
  void shouldForgetTheOldestOfMany() {
    for (int version = 1; version <= 100; version++) {
      spans.seen(version, update(1));
    }

    spans.rejected(new Rejection(1, "old"));

    assertThat(recorded.only().getParentSpanContext().isValid()).isFalse();
  }

  private static SpanContext update(int number) {
    return SpanContext.createFromRemoteParent(
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00f067aa0ba902b" + number,
        TraceFlags.getSampled(),
        TraceState.getDefault());
  }
}
