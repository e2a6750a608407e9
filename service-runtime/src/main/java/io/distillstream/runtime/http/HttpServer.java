package io.distillstream.runtime.http;

import io.distillstream.foundation.PortInUseException;
import io.distillstream.foundation.http.ListenAddress;
import io.distillstream.runtime.Service;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.MethodNotAllowedResponse;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server with the endpoints that each of ours has: {@code /healthz} of the services named,
 * and {@code /metrics} of all stages of the process. Services without a server are seen at the
 * monitor. Refusals are answered in JSON; what a page of another site sends is refused.
 */
public final class HttpServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

  private final HttpListener listener;
  private final Javalin server;

  private HttpServer(HttpListener listener, Javalin server) {
    this.listener = listener;
    this.server = server;
  }

  /**
   * Starts a server.
   *
   * @param services whose health it tells
   * @param registry whose metrics it shows
   * @param configuration adds routes, which may throw {@link RefusedRequestException}
   * @throws PortInUseException if the port is taken
   */
  public static HttpServer start(
      HttpListener listener,
      List<? extends Service> services,
      PrometheusMeterRegistry registry,
      Consumer<JavalinConfig> configuration) {
    requireFree(listener);
    RequestGuard guard = new RequestGuard(listener);
    Javalin server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.http.prefer405over404 = true;
              config.routes.before(guard::check);
              config.routes.get("/healthz", context -> health(services, Service::alive, context));
              config.routes.get("/readyz", context -> health(services, Service::healthy, context));
              config.routes.get(
                  "/metrics",
                  context ->
                      context.contentType("text/plain; version=0.0.4").result(registry.scrape()));
              addErrors(config);
              configuration.accept(config);
            });
    return new HttpServer(listener, server.start(listener.host(), listener.port()));
  }

  /** The port that is really bound, also where any free one was asked for. */
  public int port() {
    return server.port();
  }

  /** Where this machine reaches the server. */
  public URI address() {
    String host =
        ListenAddress.isEveryInterface(listener.host()) ? ListenAddress.LOOPBACK : listener.host();
    boolean bare = host.contains(":") && !host.startsWith("[");
    return URI.create("http://" + (bare ? "[" + host + "]" : host) + ":" + port());
  }

  /** Ends requests that are under way, and gives the port back. Idempotent. */
  @Override
  public void close() {
    server.stop();
  }

  private static void health(
      List<? extends Service> services, Predicate<Service> well, Context context) {
    List<String> unhealthy =
        services.stream().filter(s -> !well.test(s)).map(Service::name).toList();
    context.status(unhealthy.isEmpty() ? 200 : 503);
    context.result(unhealthy.isEmpty() ? "ok" : "unhealthy: " + String.join(", ", unhealthy));
  }

  private static void addErrors(JavalinConfig config) {
    // Without this, a client that goes away in the middle of its body is a stack trace in the log.
    config.routes.exception(
        EofException.class, (gone, context) -> log.debug("The client went away", gone));
    config.routes.exception(
        RefusedRequestException.class, (refused, context) -> refused.answer(context));
    config.routes.exception(
        MethodNotAllowedResponse.class,
        (refused, context) -> {
          String allowed = refused.getDetails().getOrDefault("availableMethods", "");
          new RefusedRequestException(
                  refused.getStatus(),
                  "%s is not allowed here, only %s".formatted(context.method(), allowed),
                  Map.of())
              .withHeader("Allow", allowed)
              .answer(context);
        });
  }

  /** Asked before the server is, which would log a stack trace beside our one clear line. */
  private static void requireFree(HttpListener listener) {
    try (ServerSocket probe = new ServerSocket()) {
      // As the server itself does: connections that are still closing do not hold a port.
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(listener.host(), listener.port()));
    } catch (BindException e) {
      throw new PortInUseException(
          listener.host(), listener.port(), listener.settings() + ".port", e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot listen on " + listener.host() + ":" + listener.port(), e);
    }
  }
}
