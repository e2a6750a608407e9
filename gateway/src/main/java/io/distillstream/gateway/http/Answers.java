package io.distillstream.gateway.http;

import io.distillstream.http.RefusedRequestException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What several of the answers have in common. */
final class Answers {

  static final int OK = 200;
  static final int NO_CONTENT = 204;
  static final int PARTIAL = 206;
  static final int NOT_MODIFIED = 304;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;

  /** Until all is here that was published before the start. */
  private static final int STARTING_SECONDS = 1;

  private static final Pattern TAG = Pattern.compile("\"[^\"]*\"");

  /**
   * Of a name that no other content ever gets, such as a digest: whoever has it once never needs to
   * ask again.
   */
  static final String IMMUTABLE = "public, max-age=31536000, immutable";

  /** May be kept, but has to be asked for each time. */
  static final String REVALIDATED = "no-cache";

  private Answers() {}

  static void json(Request request, Response response, Callback callback, byte[] json) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    body(request, response, callback, json);
  }

  /** A body in memory, or what is said of it where only that was asked for. */
  static void body(Request request, Response response, Callback callback, byte[] body) {
    response.setStatus(OK);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    if (isHead(request)) {
      callback.succeeded();
    } else {
      response.write(true, ByteBuffer.wrap(body), callback);
    }
  }

  static void empty(Response response, Callback callback, int status) {
    response.setStatus(status);
    callback.succeeded();
  }

  static boolean isHead(Request request) {
    return HttpMethod.HEAD.is(request.getMethod());
  }

  /** Whether {@code If-None-Match} names one of these tags; weak ones count as strong. */
  static boolean isKnown(Request request, List<String> tags) {
    for (String header : request.getHeaders().getValuesList(HttpHeader.IF_NONE_MATCH)) {
      boolean any = TAG.matcher(header).results().anyMatch(tag -> tags.contains(tag.group()));
      if (any || header.strip().equals("*")) {
        return true;
      }
    }
    return false;
  }

  /** Refuses whatever is no reading. */
  static void requireRead(Request request) throws RefusedRequestException {
    String method = request.getMethod();
    if (!HttpMethod.GET.is(method) && !HttpMethod.HEAD.is(method)) {
      throw new RefusedRequestException(
              NOT_ALLOWED, method + " is not allowed here, only GET and HEAD", Map.of())
          .withHeader("Allow", "GET, HEAD");
    }
  }

  /** What is not found while the gateway starts may be here in a moment. */
  static void requireStarted(boolean complete) throws RefusedRequestException {
    if (!complete) {
      throw RefusedRequestException.unavailable("The gateway is starting", STARTING_SECONDS);
    }
  }

  static RefusedRequestException notFound(String message) {
    // It may be there in a moment, and a cache would not know.
    return new RefusedRequestException(NOT_FOUND, message, Map.of())
        .withHeader("Cache-Control", "no-store");
  }
}
