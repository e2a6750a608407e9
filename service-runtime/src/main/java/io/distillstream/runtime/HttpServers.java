package io.distillstream.runtime;

import io.distillstream.foundation.PortInUseException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.function.Consumer;

/**
 * HTTP servers with the endpoints that each of them has: {@code /healthz} of the services named,
 * and {@code /metrics} of all stages of the process. Services without a server are seen at the
 * monitor.
 */
public final class HttpServers {

  /** Nothing listens on other interfaces unless a setting says so. */
  public static final String LOOPBACK = "127.0.0.1";

  private HttpServers() {}

  /**
   * Starts a server.
   *
   * @param port 0 for any free one
   * @param portSetting the setting to name when the port is taken
   * @throws PortInUseException if the port is taken
   */
  public static Javalin start(
      String host,
      int port,
      String portSetting,
      List<? extends Service> services,
      StageReporter reporter,
      Consumer<JavalinConfig> configuration) {
    requireFree(host, port, portSetting);
    Javalin server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.routes.get(
                  "/healthz",
                  context -> {
                    List<String> unhealthy =
                        services.stream().filter(s -> !s.healthy()).map(Service::name).toList();
                    context.status(unhealthy.isEmpty() ? 200 : 503);
                    context.result(
                        unhealthy.isEmpty() ? "ok" : "unhealthy: " + String.join(", ", unhealthy));
                  });
              config.routes.get(
                  "/metrics",
                  context ->
                      context
                          .contentType("text/plain; version=0.0.4")
                          .result(reporter.registry().scrape()));
              configuration.accept(config);
            });
    return server.start(host, port);
  }

  /** Asked before the server is, which would log a stack trace beside our one clear line. */
  private static void requireFree(String host, int port, String portSetting) {
    try (ServerSocket probe = new ServerSocket()) {
      // As the server itself does: connections that are still closing do not hold a port.
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(host, port));
    } catch (BindException e) {
      throw new PortInUseException(host, port, portSetting, e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot listen on " + host + ":" + port, e);
    }
  }
}
