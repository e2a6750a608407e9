package io.distillstream.gateway.http;

import com.grack.nanojson.JsonWriter;
import io.distillstream.gateway.channel.Channel;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.channel.Watcher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * One device that listens. Between events it costs its connection and this object, no thread. Of
 * versions that come faster than the device reads it is sent the newest.
 */
final class EventStream implements Watcher {

  private static final byte[] HEARTBEAT = bytes(":\n\n");

  /** Devices that lose a gateway at the same time come back spread over this time. */
  private static final int RETRY_FROM_MILLIS = 1_000;

  private static final int RETRY_TO_MILLIS = 5_000;

  private final Channel channel;
  private final Response response;
  private final Callback callback;
  private final EventStreams all;

  /** Of the event that the device had last; {@code null} if of none. */
  private @Nullable String sent;

  private @Nullable Publication next;
  private boolean writing;
  private boolean ended;

  EventStream(
      Channel channel, Request request, Response response, Callback callback, EventStreams all) {
    this.channel = channel;
    this.response = response;
    this.callback = callback;
    this.all = all;
    this.sent = request.getHeaders().get("Last-Event-ID");
    // It is idle on purpose, and heartbeats tell whether the device is there.
    request.addIdleTimeoutListener(timeout -> false);
  }

  void begin() {
    response.setStatus(Answers.OK);
    response
        .getHeaders()
        .put(HttpHeader.CONTENT_TYPE, "text/event-stream")
        .put(HttpHeader.CACHE_CONTROL, "no-store")
        // Reverse proxies that keep answers until they are whole are told not to.
        .put("X-Accel-Buffering", "no");
    int retry = ThreadLocalRandom.current().nextInt(RETRY_FROM_MILLIS, RETRY_TO_MILLIS);
    synchronized (this) {
      write(bytes("retry: " + retry + "\n\n"));
    }
    channel.watch(this);
    channel.newest().ifPresent(this::published);
  }

  @Override
  public synchronized void published(Publication publication) {
    next = publication;
    proceed();
  }

  /** Lets the device, and whatever is between, know that the connection is alive. */
  synchronized void beat() {
    if (!writing && !ended) {
      write(HEARTBEAT);
    }
  }

  /** Ends it; the device connects again. */
  void end() {
    if (ends()) {
      callback.succeeded();
    }
  }

  private void proceed() {
    Publication publication = next;
    if (writing || ended || publication == null) {
      return;
    }
    next = null;
    if (publication.digest().equals(sent)) {
      return;
    }
    sent = publication.digest();
    all.metrics().eventSent();
    write(
        bytes(
            "id: %s\nevent: update\ndata: %s\n\n"
                .formatted(sent, JsonWriter.string(publication.summary()))));
  }

  private void write(byte[] event) {
    writing = true;
    response.write(
        false,
        ByteBuffer.wrap(event),
        Callback.from(Invocable.InvocationType.NON_BLOCKING, this::written, this::failed));
  }

  private synchronized void written() {
    writing = false;
    proceed();
  }

  private void failed(Throwable failure) {
    if (ends()) {
      callback.failed(failure);
    }
  }

  private synchronized boolean ends() {
    if (ended) {
      return false;
    }
    ended = true;
    channel.forget(this);
    all.ended(this);
    return true;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
