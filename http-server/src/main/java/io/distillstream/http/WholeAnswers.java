package io.distillstream.http;

import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Keeps answers until they are whole and sends them without holding a thread: what comes after this
 * handler never waits for a client to read.
 */
final class WholeAnswers extends Handler.Wrapper {

  private final PerAddress memory;
  private final Consumer<Refusal> refusals;

  WholeAnswers(HttpBounds bounds, Consumer<Refusal> refusals) {
    this.memory = new PerAddress(bounds.bufferedBytes(), bounds.bufferedBytesPerAddress());
    this.refusals = refusals;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    WholeResponse whole = new WholeResponse(request, response, callback, memory, refusals);
    return super.handle(request, whole, whole.handling());
  }
}
