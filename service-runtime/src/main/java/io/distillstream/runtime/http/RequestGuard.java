package io.distillstream.runtime.http;

import io.distillstream.foundation.http.AllowedCallers;
import io.distillstream.http.RefusedRequestException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a browser may send on behalf of a page that is none of ours: requests under a name
 * that is not this server's, from another origin, or with a body that is not JSON, which a page may
 * send without asking first.
 */
final class RequestGuard extends Handler.Wrapper {

  private static final String JSON = "application/json";
  private static final int NO_CONTENT = 204;
  private static final int FORBIDDEN = 403;
  private static final int UNSUPPORTED_TYPE = 415;
  private static final int MISDIRECTED = 421;

  private final String settings;
  private final AllowedCallers callers;

  RequestGuard(HttpListener listener) {
    settings = listener.settings();
    callers =
        new AllowedCallers(listener.host(), listener.allowedHosts(), listener.allowedOrigins());
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    try {
      if (answersPreflight(request, response)) {
        response.setStatus(NO_CONTENT);
        callback.succeeded();
        return true;
      }
    } catch (RefusedRequestException refused) {
      refused.answer(request, response, callback);
      return true;
    }
    return super.handle(request, response, callback);
  }

  /**
   * Whether a browser only asks what it may send, and is told.
   *
   * @throws RefusedRequestException if the request is refused
   */
  private boolean answersPreflight(Request request, Response response)
      throws RefusedRequestException {
    HttpFields headers = request.getHeaders();
    String host = headers.get(HttpHeader.HOST);
    String origin = headers.get(HttpHeader.ORIGIN);
    boolean preflight = false;
    switch (callers.of(host, origin)) {
      case MISDIRECTED ->
          throw new RefusedRequestException(
              MISDIRECTED,
              "This server is not addressed as '%s'; %s.allowed-hosts can name it"
                  .formatted(host, settings),
              Map.of());
      case FOREIGN_PAGE ->
          throw new RefusedRequestException(
              FORBIDDEN,
              "Pages of origin '%s' may not call this server; %s.allowed-origins can name it"
                  .formatted(origin, settings),
              Map.of());
      case ALLOWED_PAGE ->
          preflight = tellBrowser(headers, response.getHeaders(), Objects.requireNonNull(origin));
      case OWN_PAGE, NO_PAGE -> {}
    }
    if (HttpMethod.POST.is(request.getMethod())) {
      checkContentType(headers.get(HttpHeader.CONTENT_TYPE));
    }
    return preflight;
  }

  /** Without these headers a browser keeps the answer from the page. */
  private static boolean tellBrowser(HttpFields asked, HttpFields.Mutable told, String origin) {
    told.put("Access-Control-Allow-Origin", origin)
        .put("Access-Control-Expose-Headers", "Content-Range, ETag, Retry-After")
        .put("Vary", "Origin");
    if (asked.get("Access-Control-Request-Method") == null) {
      return false;
    }
    // A browser asks before it sends JSON to another origin.
    told.put("Access-Control-Allow-Methods", "GET, POST")
        .put(
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, If-None-Match, If-Range, Last-Event-ID, Range,"
                + " X-API-Key")
        .put("Access-Control-Max-Age", "600");
    return true;
  }

  private static void checkContentType(@Nullable String contentType)
      throws RefusedRequestException {
    String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    if (!type.equalsIgnoreCase(JSON)) {
      throw new RefusedRequestException(
              UNSUPPORTED_TYPE,
              "Expected Content-Type %s, found %s"
                  .formatted(JSON, type.isEmpty() ? "none" : "'" + type + "'"),
              Map.of("accepted", List.of(JSON)))
          .withHeader("Accept", JSON);
    }
  }
}
