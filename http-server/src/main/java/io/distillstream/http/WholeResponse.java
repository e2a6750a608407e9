package io.distillstream.http;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is kept in memory until it is whole. Whoever writes it is done at once; then it is
 * sent as fast as the client reads. A stream of events, which never is whole, is passed through.
 *
 * <p>Writes come one after the other, as Jetty has it.
 */
final class WholeResponse extends Response.Wrapper {

  private final Callback answered;
  private final PerAddress memory;
  private final Consumer<Refusal> refusals;
  private final String client;
  private final List<byte[]> parts = new ArrayList<>();
  private final AtomicLong taken = new AtomicLong();

  /** Completed when the client has all of it, or will not have it. */
  private final CompletableFuture<@Nullable Void> sent = new CompletableFuture<>();

  private volatile boolean begun;
  private volatile boolean streamed;
  private volatile boolean ended;

  /**
   * @param answered told when the answer is sent and its handling is over
   */
  WholeResponse(
      Request request,
      Response response,
      Callback answered,
      PerAddress memory,
      Consumer<Refusal> refusals) {
    super(request, response);
    this.answered = answered;
    this.memory = memory;
    this.refusals = refusals;
    this.client = PerAddress.client(request.getConnectionMetaData().getRemoteSocketAddress());
  }

  /** For whoever handles the request: the answer may be on its way for longer. */
  Callback handling() {
    return Callback.from(this::handled, this::failed);
  }

  /** Once something is kept nothing else can be answered. */
  @Override
  public boolean isCommitted() {
    return begun || super.isCommitted();
  }

  @Override
  public boolean hasLastWrite() {
    return ended || super.hasLastWrite();
  }

  @Override
  public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
    if (!begun) {
      begun = true;
      String type = getHeaders().get(HttpHeader.CONTENT_TYPE);
      streamed = type != null && type.startsWith("text/event-stream");
    }
    if (streamed) {
      super.write(last, content, callback);
      return;
    }
    if (!ended && content != null && content.hasRemaining()) {
      keep(content);
    }
    if (last) {
      send();
    }
    callback.succeeded();
  }

  private void keep(ByteBuffer content) {
    int count = content.remaining();
    if (!memory.take(client, count)) {
      ended = true;
      release();
      refusals.accept(Refusal.BODY_MEMORY);
      reset();
      RefusedRequestException.unavailable("Too many answers are on their way at once", 1)
          .answer(getRequest(), getWrapped(), sending());
      return;
    }
    taken.addAndGet(count);
    byte[] copy = new byte[count];
    content.get(copy);
    parts.add(copy);
  }

  private void send() {
    if (ended) {
      return;
    }
    ended = true;
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(taken.get()));
    parts.forEach(all::put);
    parts.clear();
    super.write(true, all.flip(), sending());
  }

  private Callback sending() {
    return Callback.from(
        () -> {
          release();
          sent.complete(null);
        },
        failure -> {
          release();
          sent.completeExceptionally(failure);
        });
  }

  private void handled() {
    if (streamed) {
      answered.succeeded();
      return;
    }
    if (!begun) {
      // Jetty ends an answer without a body by itself.
      sent.complete(null);
    } else {
      send();
    }
    sent.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            answered.succeeded();
          } else {
            answered.failed(failure);
          }
        });
  }

  private void failed(Throwable failure) {
    ended = true;
    parts.clear();
    release();
    answered.failed(failure);
  }

  private void release() {
    memory.give(client, taken.getAndSet(0));
  }
}
