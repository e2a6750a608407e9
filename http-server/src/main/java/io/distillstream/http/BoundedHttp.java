package io.distillstream.http;

import io.distillstream.http.tls.ServerTls;
import io.javalin.config.JavalinConfig;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Holds a server to its {@link HttpBounds}.
 *
 * <p>A request passes, in this order: the deadline of its head; the bound on connections of its
 * address; {@code first}, on the server's own threads; the reading of its body; {@code whole}, on
 * the server's own threads again; the threads of traffic, where its route is run and its answer is
 * kept until it is whole. The server's own threads never block, so that they serve thousands of
 * slow or idle connections, and what {@code first} and {@code whole} answer waits for no other
 * request; those of traffic wait neither for a client that sends nor for one that does not read.
 */
public final class BoundedHttp {

  private static final int THREADS = 16;
  private static final int MIN_THREADS = 4;

  /** Connections that the system holds until they are accepted. */
  private static final int BACKLOG = 1_024;

  /** For what is connected while no more connections are accepted. */
  private static final long IDLE_MILLIS_WHEN_FULL = 1_000;

  private final String name;
  private final HttpBounds bounds;
  private final Consumer<Refusal> refusals;
  private final Optional<ServerTls> tls;

  /** A server without TLS. */
  public BoundedHttp(String name, HttpBounds bounds, Consumer<Refusal> refusals) {
    this(name, bounds, refusals, Optional.empty());
  }

  /**
   * @param name of the server's threads
   * @param refusals told of each request that is refused for a bound
   * @param tls empty for plain HTTP
   */
  public BoundedHttp(
      String name, HttpBounds bounds, Consumer<Refusal> refusals, Optional<ServerTls> tls) {
    this.name = name;
    this.bounds = bounds;
    this.refusals = refusals;
    this.tls = tls;
  }

  /**
   * Configures a server that has not been started.
   *
   * @param first answers a request or passes it on; must not block
   * @param whole does the same once the body has been read, see {@link WholeRequest#bodyOf}
   */
  public void apply(
      JavalinConfig config,
      String host,
      int port,
      Handler.Singleton first,
      Handler.Singleton whole) {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, MIN_THREADS);
    threads.setName(name);
    threads.setDaemon(true);
    config.jetty.threadPool = threads;
    AddressLimit addresses = new AddressLimit(bounds, refusals);
    WholeBodies bodies = new WholeBodies(bounds, refusals);
    HeadDeadline heads = new HeadDeadline(bounds.bodyTimeout());
    heads.setHandler(addresses);
    addresses.setHandler(first);
    first.getTail().setHandler(bodies);
    TrafficThreads traffic = new TrafficThreads(name + "-traffic", refusals);
    bodies.setHandler(whole);
    whole.getTail().setHandler(traffic);
    traffic.setHandler(new WholeAnswers(bounds, refusals));
    config.jetty.modifyServer(server -> server.setHandler(heads));
    config.jetty.addConnector(
        (server, http) -> {
          ServerConnector connector = connector(server, http, host, port);
          connector.addBean(heads, false);
          connector.addBean(addresses, false);
          return connector;
        });
  }

  private ServerConnector connector(Server server, HttpConfiguration http, String host, int port) {
    ServerConnector connector =
        new ServerConnector(
            server,
            tls.map(secured -> secured.connections(http))
                .orElseGet(() -> new ConnectionFactory[] {new HttpConnectionFactory(http)}));
    connector.setHost(host);
    connector.setPort(port);
    connector.setAcceptQueueSize(BACKLOG);
    connector.setIdleTimeout(bounds.idleTimeout().toMillis());
    NetworkConnectionLimit connections =
        new NetworkConnectionLimit(bounds.connections(), connector);
    connections.setEndPointIdleTimeout(IDLE_MILLIS_WHEN_FULL);
    server.addBean(connections);
    return connector;
  }
}
