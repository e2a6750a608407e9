package io.distillstream.runtime.http;

import io.distillstream.http.HttpBounds;
import io.distillstream.http.access.AccessRules;
import io.distillstream.http.tls.TlsFiles;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A server that answers {@code echo} at {@code /echo}, and who asks it. */
final class ServedEcho implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpServer server;

  ServedEcho(HttpBounds bounds, @Nullable TlsFiles tls, AccessRules access) {
    server =
        HttpServer.start(
            new HttpListener(
                "x",
                "127.0.0.1",
                0,
                List.of(),
                List.of("https://example.org"),
                bounds,
                Optional.ofNullable(tls),
                access),
            List.of(),
            registry,
            config -> {
              config.routes.get("/echo", context -> context.result("echo"));
              config.routes.post("/echo", context -> context.result(context.body()));
              config.routes.get("/open", context -> context.result("open"));
              config.routes.sse("/events", events -> events.sendEvent("first"));
            });
  }

  int port() {
    return server.port();
  }

  HttpResponse<String> get(HttpClient client, String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** How many requests were not let in for this reason. */
  double denied(String reason) {
    return registry.get("distillstream.http.denied").tag("reason", reason).counter().count();
  }

  double refused(String reason) {
    return registry.get("distillstream.http.refused").tag("reason", reason).counter().count();
  }

  double certificateExpiry() {
    return registry.get("distillstream.http.certificate.expiry").gauge().value();
  }

  @Override
  public void close() {
    server.close();
  }
}
