package io.distillstream.embedded.registry;

import io.distillstream.foundation.PortInUseException;
import io.distillstream.foundation.http.ListenAddress;
import io.distillstream.http.BoundedHttp;
import io.distillstream.http.HttpBounds;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinBindException;
import org.eclipse.jetty.server.Handler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry that speaks Confluent's REST interface on the loopback interface, for Avro. Its
 * state is the compacted topic {@code _schemas} of the broker it is given, so ids keep their
 * meaning over restarts. One registry per broker.
 */
public final class SchemaRegistryServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SchemaRegistryServer.class);

  private final RegistryLog registryLog;
  private final Javalin http;

  /**
   * Reads the state back and starts to answer.
   *
   * @param port 0 takes any free one
   * @throws PortInUseException if the port is taken
   */
  public SchemaRegistryServer(String bootstrapServers, int port) {
    RegistryState state = new RegistryState();
    registryLog = new RegistryLog(bootstrapServers, state);
    RegistryRoutes routes = new RegistryRoutes(new SchemaStore(state, registryLog));
    try {
      http = Javalin.create(config -> configure(config, port, routes)).start();
    } catch (JavalinBindException e) {
      registryLog.close();
      throw new PortInUseException(ListenAddress.LOOPBACK, port, "the schema registry", e);
    } catch (RuntimeException e) {
      registryLog.close();
      throw e;
    }
    log.info("Schema registry on {}, {} schemas", url(), state.highestId());
  }

  private static void configure(JavalinConfig config, int port, RegistryRoutes routes) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    new BoundedHttp("schema-registry", HttpBounds.DEFAULT, refusal -> {})
        .apply(config, ListenAddress.LOOPBACK, port, new Handler.Wrapper(), new Handler.Wrapper());
    routes.addTo(config.routes);
  }

  /** The base address, such as {@code http://127.0.0.1:8081}. */
  public String url() {
    return "http://" + ListenAddress.LOOPBACK + ":" + port();
  }

  public int port() {
    return http.port();
  }

  /** Stops answering, then lets go of the topic. Idempotent. */
  @Override
  public void close() {
    http.stop();
    registryLog.close();
  }
}
