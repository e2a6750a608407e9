package io.distillstream.teacher.http;

import io.distillstream.wire.trace.Spans;
import io.distillstream.wire.trace.TraceHeaders;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;

/**
 * The span of each call to label texts, from its body's arrival to its answer; a child of the
 * caller's span where the call names one. A call that is refused before it is looked at closely has
 * none: under overload each costs as little as can be.
 */
public final class CallSpans {

  private static final String ATTRIBUTE = CallSpans.class.getName();
  private static final int SERVER_ERROR = 500;

  private final Spans spans;

  public CallSpans(Spans spans) {
    this.spans = spans;
  }

  /** To be added ahead of the routes. */
  public void addTo(JavalinConfig config) {
    config.routes.before(TeacherApi.PREDICT, this::begin);
    config.routes.after(TeacherApi.PREDICT, CallSpans::end);
  }

  /** What a call's texts are labelled for; invalid where nothing is traced. */
  static SpanContext of(Context context) {
    Span span = context.attribute(ATTRIBUTE);
    return span == null ? SpanContext.getInvalid() : span.getSpanContext();
  }

  private void begin(Context context) {
    String method = context.method().name();
    Span span =
        spans
            .span(
                method + " " + TeacherApi.PREDICT,
                SpanKind.SERVER,
                TraceHeaders.read(context::header))
            .setAttribute("http.request.method", method)
            .setAttribute("http.route", TeacherApi.PREDICT)
            .setAttribute("url.path", context.path())
            .setAttribute("url.scheme", context.scheme())
            .startSpan();
    context.attribute(ATTRIBUTE, span);
  }

  private static void end(Context context) {
    Span span = context.attribute(ATTRIBUTE);
    if (span != null) {
      int status = context.statusCode();
      span.setAttribute("http.response.status_code", status);
      if (status >= SERVER_ERROR) {
        Spans.fail(span, Integer.toString(status), "the call was refused or not answered in time");
      }
      span.end();
    }
  }
}
