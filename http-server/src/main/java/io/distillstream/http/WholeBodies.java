package io.distillstream.http;

import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Reads the bodies of requests without holding a thread, and passes on only requests whose body is
 * whole: what comes after this handler never waits for a client's bytes.
 *
 * <p>Jetty's {@code EagerContentHandler} keeps the buffers that bytes came in. A client that sends
 * a byte a packet would have a whole buffer kept for each; here bytes are copied and counted.
 */
final class WholeBodies extends Handler.Wrapper {

  private final HttpBounds bounds;
  private final PerAddress memory;
  private final Consumer<Refusal> refusals;

  WholeBodies(HttpBounds bounds, Consumer<Refusal> refusals) {
    this.bounds = bounds;
    this.memory = new PerAddress(bounds.bufferedBytes(), bounds.bufferedBytesPerAddress());
    this.refusals = refusals;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    boolean hasBody =
        request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    if (!hasBody) {
      return super.handle(request, response, callback);
    }
    if (request.getLength() > bounds.bodyBytes() && isSeenUnread(request)) {
      refusals.accept(Refusal.LARGE_BODY);
      RefusedRequestException.overLimit(bounds.bodyBytes()).answerLast(request, response, callback);
      return true;
    }
    new BodyReading(bounds, memory, refusals, getHandler(), request, response, callback).start();
    return true;
  }

  /** Whether nothing is gained by reading a body that is too large, see {@link BodyReading}. */
  private boolean isSeenUnread(Request request) {
    return request.getHeaders().contains(HttpHeader.EXPECT, "100-continue")
        || request.getLength() > 2L * bounds.bodyBytes();
  }
}
