package io.distillstream.runtime.http;

import io.distillstream.foundation.PortInUseException;
import io.distillstream.foundation.http.ListenAddress;
import io.distillstream.http.BoundedHttp;
import io.distillstream.http.Refusal;
import io.distillstream.http.RefusedRequestException;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Service;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.MethodNotAllowedResponse;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Handler;

/**
 * An HTTP server with the endpoints that each of ours has: {@code /health/live} and {@code
 * /health/ready} of the services named, and {@code /metrics} of all stages of the process, which
 * wait for no other request. Refusals are answered in JSON; what a page of another site sends is
 * refused, and so is who may not call.
 */
public final class HttpServer implements AutoCloseable {

  private final HttpListener listener;
  private final ServerSecurity security;
  private final Javalin server;

  private HttpServer(HttpListener listener, ServerSecurity security, Javalin server) {
    this.listener = listener;
    this.security = security;
    this.server = server;
  }

  /**
   * Starts a server.
   *
   * @param services whose health it tells
   * @param registry whose metrics it shows
   * @param configuration adds routes, which may throw {@link RefusedRequestException}
   * @throws PortInUseException if the port is taken
   * @throws InvalidSettingsException if a file with keys or certificates cannot be used
   */
  public static HttpServer start(
      HttpListener listener,
      List<? extends Service> services,
      PrometheusMeterRegistry registry,
      Consumer<JavalinConfig> configuration) {
    return start(
        listener, services, registry, new Handler.Wrapper(), new Handler.Wrapper(), configuration);
  }

  /**
   * Starts a server, some of whose requests are answered without waiting.
   *
   * @param services whose health it tells
   * @param registry whose metrics it shows
   * @param ahead answers a request on the server's own threads, ahead of all routes, or passes it
   *     on; must not block
   * @param whole does the same once a request's body has been read, see {@link
   *     io.distillstream.http.WholeRequest#bodyOf}
   * @param configuration adds routes, which may throw {@link RefusedRequestException}
   * @throws PortInUseException if the port is taken
   * @throws InvalidSettingsException if a file with keys or certificates cannot be used
   */
  public static HttpServer start(
      HttpListener listener,
      List<? extends Service> services,
      PrometheusMeterRegistry registry,
      Handler.Singleton ahead,
      Handler.Singleton whole,
      Consumer<JavalinConfig> configuration) {
    requireFree(listener);
    ServerSecurity security = ServerSecurity.open(listener, registry);
    boolean started = false;
    try {
      RequestGuard guard = new RequestGuard(listener);
      guard.setHandler(security.access());
      VitalSigns vitalSigns = new VitalSigns(services, registry);
      security.access().setHandler(vitalSigns);
      vitalSigns.setHandler(ahead);
      Map<Refusal, Counter> refused = refusals(listener.settings(), registry);
      BoundedHttp bounded =
          new BoundedHttp(
              ServerSecurity.threads(listener),
              listener.bounds(),
              reason -> Objects.requireNonNull(refused.get(reason)).increment(),
              security.tls());
      Javalin server =
          Javalin.create(
              config -> {
                config.startup.showJavalinBanner = false;
                config.http.prefer405over404 = true;
                bounded.apply(config, listener.host(), listener.port(), guard, whole);
                addErrors(config);
                configuration.accept(config);
              });
      HttpServer opened = new HttpServer(listener, security, server.start());
      security.warn();
      started = true;
      return opened;
    } finally {
      if (!started) {
        security.close();
      }
    }
  }

  private static Map<Refusal, Counter> refusals(String server, PrometheusMeterRegistry registry) {
    return Stream.of(Refusal.values())
        .collect(
            Collectors.toMap(
                Function.identity(),
                reason ->
                    Counter.builder("distillstream.http.refused")
                        .description(
                            "Connections and requests that a server refused because a client took"
                                + " too much, by reason.")
                        .tags("server", server, "reason", reason.text())
                        .register(registry)));
  }

  /** The port that is really bound, also where any free one was asked for. */
  public int port() {
    return server.port();
  }

  /** Where this machine reaches the server. */
  public URI address() {
    return address(
        ListenAddress.isEveryInterface(listener.host()) ? ListenAddress.LOOPBACK : listener.host());
  }

  /** Where other machines reach the server, the likeliest address first; empty on loopback. */
  public List<URI> addressesForOthers() {
    String host = listener.host();
    if (ListenAddress.isLoopback(host)) {
      return List.of();
    }
    return ListenAddress.isEveryInterface(host)
        ? MachineAddresses.reachable(!host.contains(":")).stream()
            .map(reached -> address(reached.getHostAddress()))
            .toList()
        : List.of(address());
  }

  private URI address(String host) {
    boolean bare = host.contains(":") && !host.startsWith("[");
    String scheme = listener.tls().isPresent() ? "https://" : "http://";
    return URI.create(scheme + (bare ? "[" + host + "]" : host) + ":" + port());
  }

  /** Ends requests that are under way, and gives the port back. Idempotent. */
  @Override
  public void close() {
    server.stop();
    security.close();
  }

  private static void addErrors(JavalinConfig config) {
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
