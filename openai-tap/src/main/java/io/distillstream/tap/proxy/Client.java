package io.distillstream.tap.proxy;

import io.distillstream.http.RefusedRequestException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/** Who asked, and waits for an answer. */
final class Client {

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final ByteBuffer peek = BufferUtil.allocate(1);
  private boolean ended;
  private boolean sentMore;

  /** Bytes of the answer that are still to come, where their number was announced. */
  private long left = Long.MAX_VALUE;

  /** All of the answer was handed over: what comes from here on is the next request. */
  private boolean answered;

  Client(Request request, Response response, Callback callback) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    // A model may think for longer than a connection may be idle; the tap has limits of its own.
    request.addIdleTimeoutListener(timeout -> false);
  }

  Request request() {
    return request;
  }

  /**
   * Says what the answer is; nothing is sent yet.
   *
   * @param sized whether the announced number of bytes holds
   */
  void head(HttpResponse.ResponseInfo head, boolean sized) {
    response.setStatus(head.statusCode());
    ForwardedHeaders.answer(head.headers().map(), response.getHeaders(), sized);
    if (sized) {
      left = head.headers().firstValueAsLong("content-length").orElse(left);
    }
    if (isStream(head)) {
      // Reverse proxies that keep answers until they are whole are told not to.
      response.getHeaders().put("X-Accel-Buffering", "no");
    }
  }

  static boolean isStream(HttpResponse.ResponseInfo head) {
    return head.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
  }

  /** Announces the number of bytes. */
  void size(int bytes) {
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes);
    left = bytes;
  }

  /** Sends a part of the answer. */
  void write(byte[] bytes, boolean last, Runnable written, Consumer<Throwable> failed) {
    left -= bytes.length;
    if (last || left <= 0) {
      answered();
    }
    response.write(
        last, ByteBuffer.wrap(bytes), Callback.from(InvocationType.NON_BLOCKING, written, failed));
  }

  private synchronized void answered() {
    answered = true;
  }

  /** All was sent. */
  void done() {
    if (ends()) {
      callback.succeeded();
      if (sentMore) {
        request.getConnectionMetaData().getConnection().close();
      }
    }
  }

  /** Tells of a failure where the answer has not begun, and breaks the answer off where it has. */
  void fail(int status, String message) {
    if (!ends()) {
      return;
    }
    if (response.isCommitted()) {
      callback.failed(new IOException(message));
      return;
    }
    // As OpenAI's clients expect it.
    new RefusedRequestException(
            status,
            message,
            Map.of("error", Map.of("message", message, "type", "upstream_error", "code", status)))
        .answer(request, response, callback);
  }

  /** Gives up on a client that is not there any more. */
  void abandon() {
    if (ends()) {
      callback.failed(new IOException("The client went away"));
    }
  }

  /**
   * Whether it has closed its connection. Nobody else reads from it while its request is answered,
   * and a client that sends nothing more would otherwise be noticed at the next write alone.
   */
  synchronized boolean isGone() {
    if (ended || sentMore || answered) {
      return false;
    }
    EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
    try {
      int bytes = connection.fill(peek);
      // The start of a second request, whose sender expects that it may have to send it again.
      sentMore = bytes > 0;
      return bytes < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private synchronized boolean ends() {
    if (ended) {
      return false;
    }
    ended = true;
    return true;
  }
}
