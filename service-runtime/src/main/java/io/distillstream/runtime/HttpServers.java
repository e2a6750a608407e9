package io.distillstream.runtime;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.function.Consumer;

/**
 * HTTP servers with the endpoints that every service has: {@code /healthz} and {@code /metrics}.
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
    try {
      return server.start(host, port);
    } catch (RuntimeException e) {
      server.stop();
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof BindException
            || (t instanceof IOException && String.valueOf(t.getMessage()).contains("bind"))) {
          throw new PortInUseException(host, port, portSetting, e);
        }
      }
      throw e;
    }
  }
}
