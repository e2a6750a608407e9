package io.distillstream.runtime.http;

import io.distillstream.foundation.http.AllowedCallers;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a browser may send on behalf of a page that is none of ours: requests under a name
 * that is not this server's, from another origin, or with a body that is not JSON, which a page may
 * send without asking first.
 */
final class RequestGuard {

  private static final String JSON = "application/json";

  private final String settings;
  private final AllowedCallers callers;

  RequestGuard(HttpListener listener) {
    settings = listener.settings();
    callers =
        new AllowedCallers(listener.host(), listener.allowedHosts(), listener.allowedOrigins());
  }

  /**
   * Lets a request pass or not.
   *
   * @throws RefusedRequestException if it is refused
   */
  void check(Context context) throws RefusedRequestException {
    String host = context.header("Host");
    String origin = context.header("Origin");
    switch (callers.of(host, origin)) {
      case MISDIRECTED ->
          throw new RefusedRequestException(
              RefusedRequestException.MISDIRECTED,
              "This server is not addressed as '%s'; %s.allowed-hosts can name it"
                  .formatted(host, settings),
              Map.of());
      case FOREIGN_PAGE ->
          throw new RefusedRequestException(
              RefusedRequestException.FORBIDDEN,
              "Pages of origin '%s' may not call this server; %s.allowed-origins can name it"
                  .formatted(origin, settings),
              Map.of());
      case ALLOWED_PAGE -> tellBrowser(context, Objects.requireNonNull(origin));
      case OWN_PAGE, NO_PAGE -> {}
    }
    if (context.method().equals(HandlerType.POST)) {
      checkContentType(context.contentType());
    }
  }

  /** Without these headers a browser keeps the answer from the page. */
  private static void tellBrowser(Context context, String origin) {
    context.header("Access-Control-Allow-Origin", origin).header("Vary", "Origin");
    if (context.header("Access-Control-Request-Method") != null) {
      answerPreflight(context);
    }
  }

  /** A browser asks before it sends JSON to another origin. */
  private static void answerPreflight(Context context) {
    context
        .header("Access-Control-Allow-Methods", "GET, POST")
        .header("Access-Control-Allow-Headers", "Content-Type")
        .header("Access-Control-Max-Age", "600")
        .status(204);
    context.skipRemainingHandlers();
  }

  private static void checkContentType(@Nullable String contentType)
      throws RefusedRequestException {
    String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    if (!type.equalsIgnoreCase(JSON)) {
      throw new RefusedRequestException(
              RefusedRequestException.UNSUPPORTED_TYPE,
              "Expected Content-Type %s, found %s"
                  .formatted(JSON, type.isEmpty() ? "none" : "'" + type + "'"),
              Map.of("accepted", List.of(JSON)))
          .withHeader("Accept", JSON);
    }
  }
}
