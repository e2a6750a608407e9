package io.distillstream.gateway.http;

import io.distillstream.gateway.channel.Channel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Every device that listens for events, and the heartbeats that they are sent. Owns a thread. */
public final class EventStreams implements AutoCloseable {

  private final GatewayMetrics metrics;
  private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "gateway-heartbeats");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param heartbeat after which a device that was sent nothing else is sent a comment
   */
  public EventStreams(GatewayMetrics metrics, Duration heartbeat) {
    this.metrics = metrics;
    long period = heartbeat.toMillis();
    var unused =
        heartbeats.scheduleWithFixedDelay(
            () -> streams.forEach(EventStream::beat), period, period, TimeUnit.MILLISECONDS);
  }

  void open(Channel channel, Request request, Response response, Callback callback) {
    EventStream stream = new EventStream(channel, request, response, callback, this);
    streams.add(stream);
    metrics.streamOpened();
    stream.begin();
  }

  GatewayMetrics metrics() {
    return metrics;
  }

  void ended(EventStream stream) {
    if (streams.remove(stream)) {
      metrics.streamClosed();
    }
  }

  @Override
  public void close() {
    heartbeats.shutdownNow();
    streams.forEach(EventStream::end);
  }
}
