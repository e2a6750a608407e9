package io.distillstream.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose request heads come too slowly, which an idle timeout does not: each byte
 * begins it anew. A head has between one and two times the time given, and so has the handshake of
 * TLS before the first.
 */
final class HeadDeadline extends Handler.Wrapper implements Connection.Listener {

  /** Of a session that no handshake has made yet. */
  private static final String NO_PROTOCOL = "NONE";

  private final Duration time;
  private final Map<EndPoint, Watch> watches = new ConcurrentHashMap<>();

  HeadDeadline(Duration time) {
    this.time = time;
  }

  @Override
  public void onOpened(Connection connection) {
    EndPoint socket = SocketOf.connection(connection);
    watches
        .computeIfAbsent(
            socket,
            key -> {
              Watch watch = new Watch(socket);
              watch.again();
              return watch;
            })
        .opened(connection);
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
    Watch watch = watches.remove(socket);
    if (watch != null) {
      watch.end();
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Watch watch = watches.get(SocketOf.connection(request.getConnectionMetaData().getConnection()));
    if (watch != null) {
      watch.handling = true;
      Request.addCompletionListener(request, failure -> watch.handling = false);
    }
    return super.handle(request, response, callback);
  }

  /** Looks at one socket again and again. */
  private final class Watch {

    private final EndPoint socket;
    private volatile @Nullable SslConnection tls;
    private volatile @Nullable Connection http;
    private volatile boolean handling;
    private Scheduler.@Nullable Task next;
    private boolean ended;
    private boolean begun;
    private boolean shaking;
    private long requests;
    private long bytes;

    Watch(EndPoint socket) {
      this.socket = socket;
    }

    void opened(Connection connection) {
      if (connection instanceof SslConnection secured) {
        tls = secured;
      } else {
        http = connection;
      }
    }

    synchronized void again() {
      if (!ended) {
        next =
            getServer().getScheduler().schedule(this::look, time.toNanos(), TimeUnit.NANOSECONDS);
      }
    }

    synchronized void end() {
      ended = true;
      if (next != null) {
        next.cancel();
      }
    }

    private void look() {
      boolean late = shakesHands() ? isLate(0, received(tls)) : isLate(messages(), received(http));
      if (late) {
        socket.close();
      } else {
        again();
      }
    }

    private boolean isLate(long messages, long received) {
      if (handling || messages != requests || received < bytes) {
        requests = messages;
        bytes = received;
        begun = false;
      } else if (received > bytes) {
        boolean late = begun;
        begun = true;
        return late;
      }
      return false;
    }

    /** When it no longer does, what is counted begins anew. */
    private boolean shakesHands() {
      SslConnection secured = tls;
      boolean shakes =
          secured != null && secured.getSSLEngine().getSession().getProtocol().equals(NO_PROTOCOL);
      if (shaking && !shakes) {
        begun = false;
        bytes = 0;
      }
      shaking = shakes;
      return shakes;
    }

    private long messages() {
      Connection present = http;
      return present == null ? 0 : present.getMessagesIn();
    }
  }

  private static long received(@Nullable Connection connection) {
    return connection == null ? 0 : Math.max(0, connection.getBytesIn());
  }
}
