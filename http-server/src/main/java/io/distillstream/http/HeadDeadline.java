package io.distillstream.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections whose request heads come too slowly, which an idle timeout does not: each byte
 * begins it anew. A head has between one and two times the time given.
 */
final class HeadDeadline extends Handler.Wrapper implements Connection.Listener {

  private final Duration time;
  private final Map<Connection, Watch> watches = new ConcurrentHashMap<>();

  HeadDeadline(Duration time) {
    this.time = time;
  }

  @Override
  public void onOpened(Connection connection) {
    Watch watch = new Watch(connection);
    watches.put(connection, watch);
    watch.again();
  }

  @Override
  public void onClosed(Connection connection) {
    Watch watch = watches.remove(connection);
    if (watch != null) {
      watch.end();
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Watch watch = watches.get(request.getConnectionMetaData().getConnection());
    if (watch != null) {
      watch.handling = true;
      Request.addCompletionListener(request, failure -> watch.handling = false);
    }
    return super.handle(request, response, callback);
  }

  /** Looks at one connection again and again. */
  private final class Watch {

    private final Connection connection;
    private volatile boolean handling;
    private Scheduler.@Nullable Task next;
    private boolean ended;
    private boolean begun;
    private long requests;
    private long bytes;

    Watch(Connection connection) {
      this.connection = connection;
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
      if (handling || connection.getMessagesIn() != requests) {
        requests = connection.getMessagesIn();
        bytes = connection.getBytesIn();
        begun = false;
      } else if (connection.getBytesIn() > bytes) {
        if (begun) {
          connection.getEndPoint().close();
          return;
        }
        begun = true;
      }
      again();
    }
  }
}
