package io.distillstream.runtime.http;

import io.distillstream.http.RefusedRequestException;
import io.distillstream.http.VitalPath;
import io.distillstream.runtime.Service;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Answers what each {@link VitalPath} asks for on the server's own threads, ahead of all traffic,
 * and passes everything else on.
 */
final class VitalSigns extends Handler.Wrapper {

  private static final int OK = 200;
  private static final int NOT_ALLOWED = 405;
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final List<? extends Service> services;
  private final PrometheusMeterRegistry registry;

  VitalSigns(List<? extends Service> services, PrometheusMeterRegistry registry) {
    this.services = services;
    this.registry = registry;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<VitalPath> path = VitalPath.of(Request.getPathInContext(request));
    if (path.isEmpty()) {
      return super.handle(request, response, callback);
    }
    switch (path.get()) {
      case LIVE -> health(Service::alive, Service::name, "ok", request, response, callback);
      case READY ->
          health(Service::healthy, VitalSigns::unready, ready(), request, response, callback);
      case METRICS -> {
        String format = format(request.getHeaders().get(HttpHeader.ACCEPT));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, format);
        answer(OK, registry.scrape(format), request, response, callback);
      }
    }
    return true;
  }

  /** The format that a scraper prefers; Prometheus names OpenMetrics' first, others none. */
  private static String format(@Nullable String accepted) {
    return accepted != null && accepted.contains("application/openmetrics-text")
        ? OPEN_METRICS
        : PROMETHEUS_TEXT;
  }

  private void health(
      Predicate<Service> well,
      Function<Service, String> what,
      String allWell,
      Request request,
      Response response,
      Callback callback) {
    String unwell =
        services.stream()
            .filter(service -> !well.test(service))
            .map(what)
            .collect(Collectors.joining(", "));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
    answer(
        unwell.isEmpty() ? OK : RefusedRequestException.UNAVAILABLE,
        unwell.isEmpty() ? allWell : "unhealthy: " + unwell,
        request,
        response,
        callback);
  }

  private String ready() {
    return Stream.concat(
            Stream.of("ok"),
            services.stream()
                .flatMap(
                    service -> service.remark().map(what -> service.name() + ": " + what).stream()))
        .collect(Collectors.joining("; "));
  }

  private static String unready(Service service) {
    return service.name() + service.hindrance().map(why -> " (" + why + ")").orElse("");
  }

  private static void answer(
      int status, String text, Request request, Response response, Callback callback) {
    String method = request.getMethod();
    if (!HttpMethod.GET.is(method) && !HttpMethod.HEAD.is(method)) {
      new RefusedRequestException(
              NOT_ALLOWED, method + " is not allowed here, only GET and HEAD", Map.of())
          .withHeader("Allow", "GET, HEAD")
          .answer(request, response, callback);
      return;
    }
    response.setStatus(status);
    Content.Sink.write(response, true, text, callback);
  }
}
