package io.distillstream.runtime.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a browser may send on behalf of a page that is none of ours: requests under a name
 * that is not this server's, from another origin, or with a body that is not JSON, which a page may
 * send without asking first.
 */
final class RequestGuard {

  private static final String JSON = "application/json";

  private final String settings;
  private final AllowedHosts hosts;
  private final Set<String> origins;

  RequestGuard(HttpListener listener) {
    settings = listener.settings();
    hosts = new AllowedHosts(listener.host(), listener.allowedHosts());
    origins =
        listener.allowedOrigins().stream()
            .map(origin -> origin.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Lets a request pass or not.
   *
   * @throws RefusedRequestException if it is refused
   */
  void check(Context context) throws RefusedRequestException {
    // No browser leaves it out, but health checks over HTTP/1.0 do.
    String host = context.header("Host");
    if (host != null && !hosts.accept(host)) {
      throw new RefusedRequestException(
          RefusedRequestException.MISDIRECTED,
          "This server is not addressed as '%s'; %s.allowed-hosts can name it"
              .formatted(host, settings),
          Map.of());
    }
    String origin = context.header("Origin");
    if (origin != null) {
      checkOrigin(context, origin, host);
    }
    if (context.method().equals(HandlerType.POST)) {
      checkContentType(context.contentType());
    }
  }

  private void checkOrigin(Context context, String origin, @Nullable String host)
      throws RefusedRequestException {
    if (isSame(origin, host)) {
      return;
    }
    if (!origins.contains(origin.toLowerCase(Locale.ROOT))) {
      throw new RefusedRequestException(
          RefusedRequestException.FORBIDDEN,
          "Pages of origin '%s' may not call this server; %s.allowed-origins can name it"
              .formatted(origin, settings),
          Map.of());
    }
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

  /** Behind a proxy that ends TLS the page's scheme is another than ours. */
  private static boolean isSame(String origin, @Nullable String host) {
    try {
      return host != null && host.equalsIgnoreCase(URI.create(origin).getAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
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
