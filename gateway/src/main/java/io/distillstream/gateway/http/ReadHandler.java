package io.distillstream.gateway.http;

import io.distillstream.http.RefusedRequestException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers what is read at some paths, refuses other methods there, and passes all else on. */
abstract class ReadHandler extends Handler.Wrapper {

  /** Whether a path is one of these, whatever is there. */
  abstract boolean serves(String path);

  abstract void answer(String path, Request request, Response response, Callback callback)
      throws RefusedRequestException;

  @Override
  public final boolean handle(Request request, Response response, Callback callback)
      throws Exception {
    String path = Request.getPathInContext(request);
    if (!serves(path)) {
      return super.handle(request, response, callback);
    }
    try {
      Answers.requireRead(request);
      answer(path, request, response, callback);
    } catch (RefusedRequestException refused) {
      refused.answer(request, response, callback);
    }
    return true;
  }
}
