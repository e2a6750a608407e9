package io.distillstream.http;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
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

  /** By socket, because the address of a closed one cannot be asked for. */
  private final Map<EndPoint, String> clients = new ConcurrentHashMap<>();

  private final Set<EndPoint> surplus = ConcurrentHashMap.newKeySet();

  AddressLimit(HttpBounds bounds, Consumer<Refusal> refusals) {
    this.limit = bounds.connectionsPerAddress();
    // How many there are of all addresses together is bounded where they are accepted.
    this.connections = new PerAddress(Long.MAX_VALUE, limit);
    this.refusals = refusals;
  }

  /** Told of each connection of a socket, of which the first counts. */
  @Override
  public void onOpened(Connection connection) {
    EndPoint socket = SocketOf.connection(connection);
    if (clients.containsKey(socket) || surplus.contains(socket)) {
      return;
    }
    String client = PerAddress.client(socket.getRemoteSocketAddress());
    if (connections.take(client, 1)) {
      clients.put(socket, client);
    } else {
      surplus.add(socket);
      refusals.accept(Refusal.CONNECTIONS);
      // By time, because an idle timeout is prolonged by each byte.
      getServer().getScheduler().schedule(socket::close, FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    }
    if (!socket.isOpen()) {
      // It was closed between two of its connections.
      onClosed(connection);
    }
  }

  @Override
  public void onClosed(Connection connection) {
    EndPoint socket = SocketOf.connection(connection);
    if (socket.isOpen()) {
      // Another one follows on it.
      return;
    }
    surplus.remove(socket);
    String client = clients.remove(socket);
    if (client != null) {
      connections.give(client, 1);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (surplus.contains(SocketOf.connection(request.getConnectionMetaData().getConnection()))) {
      RefusedRequestException.tooMany(
              "This address has its %d connections open already".formatted(limit), 1)
          .answerLast(request, response, callback);
      return true;
    }
    return super.handle(request, response, callback);
  }
}
