package io.distillstream.teacher.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.http.RefusedRequestException;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpServer;
import io.distillstream.wire.trace.RecordedSpans;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallSpansTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";

  private final RecordedSpans recorded = new RecordedSpans();
  private final CallSpans spans = new CallSpans(recorded.spans());
  private final HttpServer server =
      HttpServer.start(
          HttpListener.loopback("teacher.http", 0),
          List.of(),
          new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
          this::addTo);

  private void addTo(JavalinConfig config) {
    spans.addTo(config);
    config.routes.post(TeacherApi.PREDICT, CallSpansTest::answer);
  }

  /** With the id of the span, or as the caller wants it. */
  private static void answer(Context context) throws RefusedRequestException {
    switch (context.body()) {
      case "refuse" -> throw RefusedRequestException.badRequest("as you like it", Map.of());
      case "unavailable" -> throw RefusedRequestException.unavailable("as you like it", 1);
      default -> context.result(CallSpans.of(context).getSpanId());
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void shouldGoOnWithTheCallersTrace() throws Exception {
    String answer = call("", "00-" + TRACE + "-" + CALLER + "-01").body();

    SpanData span = onlySpan();
    assertThat(span.getSpanId()).isEqualTo(answer);
    assertThat(span.getTraceId()).isEqualTo(TRACE);
    assertThat(span.getParentSpanId()).isEqualTo(CALLER);
    assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(status(span)).isEqualTo(200);
  }

  @Test
  void shouldBeginATraceWhereTheCallersIsNone() throws Exception {
    assertThat(call("", "nonsense").statusCode()).isEqualTo(200);

    assertThat(onlySpan().getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void shouldTellAFaultOfTheCallersFromOneOfItsOwn() throws Exception {
    call("refuse", "");
    assertThat(onlySpan().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(status(onlySpan())).isEqualTo(400);
    recorded.reset();

    call("unavailable", "");
    assertThat(onlySpan().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(status(onlySpan())).isEqualTo(503);
  }

  private HttpResponse<String> call(String body, String traceparent) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(server.address().resolve(TeacherApi.PREDICT))
                .header("Content-Type", "application/json")
                .header("traceparent", traceparent)
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
  }

  /** It ends just after the answer is sent. */
  private SpanData onlySpan() {
    await().untilAsserted(recorded::only);
    return recorded.only();
  }

  private static long status(SpanData span) {
    Long status = span.getAttributes().get(AttributeKey.longKey("http.response.status_code"));
    return status == null ? 0 : status;
  }
}
