package io.distillstream.http;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Bounds the connections of a client address. One too many is told so if it asks at once, and is
 * closed either way.
 */
final class AddressLimit extends Handler.Wrapper implements Connection.Listener {

  /** Long enough for a client that sends its request with the connection. */
  private static final long FAREWELL_MILLIS = 1_000;

  private final int limit;
  private final PerAddress connections;
  private final Consumer<Refusal> refusals;

  /** By connection, because the address of a closed one cannot be asked for. */
  private final Map<Connection, String> clients = new ConcurrentHashMap<>();

  private final Set<Connection> surplus = ConcurrentHashMap.newKeySet();

  AddressLimit(HttpBounds bounds, Consumer<Refusal> refusals) {
    this.limit = bounds.connectionsPerAddress();
    // How many there are of all addresses together is bounded where they are accepted.
    this.connections = new PerAddress(Long.MAX_VALUE, limit);
    this.refusals = refusals;
  }

  @Override
  public void onOpened(Connection connection) {
    String client = PerAddress.client(connection.getEndPoint().getRemoteSocketAddress());
    if (connections.take(client, 1)) {
      clients.put(connection, client);
    } else {
      surplus.add(connection);
      refusals.accept(Refusal.CONNECTIONS);
      // By time, because an idle timeout is prolonged by each byte.
      getServer()
          .getScheduler()
          .schedule(() -> connection.getEndPoint().close(), FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void onClosed(Connection connection) {
    surplus.remove(connection);
    String client = clients.remove(connection);
    if (client != null) {
      connections.give(client, 1);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (surplus.contains(request.getConnectionMetaData().getConnection())) {
      RefusedRequestException.tooMany(
              "This address has its %d connections open already".formatted(limit), 1)
          .answerLast(request, response, callback);
      return true;
    }
    return super.handle(request, response, callback);
  }
}
