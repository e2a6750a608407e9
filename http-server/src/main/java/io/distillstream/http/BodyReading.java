package io.distillstream.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * One body on its way in. Its bytes are read whenever some have come, and a timer ends it when it
 * comes too slowly: in each {@link HttpBounds#bodyTimeout} it has to be whole or to keep to the
 * rate of {@link HttpBounds#bodyRate}. A burst gives no credit for later.
 *
 * <p>A body that is too large is read on for as much again and thrown away, because a client that
 * is cut off while it sends sees no answer.
 */
final class BodyReading implements Invocable.Task {

  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final HttpBounds bounds;
  private final PerAddress memory;
  private final Consumer<Refusal> refusals;
  private final Handler next;
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final String client;
  private final long startNanos = System.nanoTime();

  /** What has come; let go of once it is whole, because the request is worked on for longer. */
  private ByteArrayOutputStream body = new ByteArrayOutputStream();

  private Scheduler.@Nullable Task timer;
  private boolean ended;
  private long received;

  /** When it was last looked at. */
  private long receivedBefore;

  private long taken;

  BodyReading(
      HttpBounds bounds,
      PerAddress memory,
      Consumer<Refusal> refusals,
      Handler next,
      Request request,
      Response response,
      Callback callback) {
    this.bounds = bounds;
    this.memory = memory;
    this.refusals = refusals;
    this.next = next;
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.client = PerAddress.client(request.getConnectionMetaData().getRemoteSocketAddress());
  }

  void start() {
    run();
    awaitLook();
  }

  /** Reads what has come, and asks to be called again. */
  @Override
  public synchronized void run() {
    while (!ended) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        failed(chunk.getFailure());
        return;
      }
      boolean goOn = keep(chunk.getByteBuffer());
      boolean last = chunk.isLast();
      chunk.release();
      if (!goOn || last) {
        end();
        return;
      }
    }
  }

  /** So that the thread that watches the sockets may run it at once. */
  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  /** Whether there may be more of it. */
  private boolean keep(ByteBuffer bytes) {
    int count = bytes.remaining();
    received += count;
    if (received > bounds.bodyBytes()) {
      return received <= 2L * bounds.bodyBytes();
    }
    if (!memory.take(client, count)) {
      refuse(
          Refusal.BODY_MEMORY,
          RefusedRequestException.unavailable("Too many bodies are under way at once", 1));
      return false;
    }
    taken += count;
    byte[] copy = new byte[count];
    bytes.get(copy);
    body.write(copy, 0, count);
    return true;
  }

  private void end() {
    if (received > bounds.bodyBytes()) {
      refuse(Refusal.LARGE_BODY, RefusedRequestException.overLimit(bounds.bodyBytes()));
    } else if (ending()) {
      Callback releasing = Callback.from(callback, this::release);
      byte[] whole = body.toByteArray();
      body = new ByteArrayOutputStream(0);
      try {
        if (!next.handle(new WholeRequest(request, whole), response, releasing)) {
          Response.writeError(request, response, releasing, 404);
        }
      } catch (Throwable e) {
        Response.writeError(request, response, releasing, e);
      }
    }
  }

  private void failed(Throwable failure) {
    if (failure instanceof TimeoutException) {
      refuseSlow();
    } else if (ending()) {
      // The client went away.
      release();
      callback.failed(failure);
    }
  }

  private void refuse(Refusal reason, RefusedRequestException refused) {
    if (ending()) {
      refusals.accept(reason);
      release();
      refused.answerLast(request, response, callback);
    }
  }

  private void refuseSlow() {
    refuse(
        Refusal.SLOW_BODY,
        RefusedRequestException.tooSlow(
            "The body came too slowly: %d bytes in %d s"
                .formatted(
                    received, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos))));
  }

  private void release() {
    memory.give(client, taken);
  }

  /** False if it ended before: timer and reader may both come to it, and one of them answers. */
  private boolean ending() {
    if (ended) {
      return false;
    }
    ended = true;
    if (timer != null) {
      timer.cancel();
    }
    return true;
  }

  /** The time until the next look at how much has come. */
  private synchronized void awaitLook() {
    if (!ended) {
      timer =
          request
              .getComponents()
              .getScheduler()
              .schedule(this::look, bounds.bodyTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private synchronized void look() {
    double least = bounds.bodyRate() * (bounds.bodyTimeout().toNanos() / NANOS_PER_SECOND);
    if (received - receivedBefore < least) {
      refuseSlow();
    } else {
      receivedBefore = received;
      awaitLook();
    }
  }
}
