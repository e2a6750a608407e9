package io.distillstream.embedded.registry;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses what a browser may send on behalf of any page that is open on this machine: requests
 * under another name than loopback's (DNS rebinding), with an {@code Origin}, or with a body that
 * is not JSON. Clients of a registry are programs and send none of these.
 */
final class RegistryGuard {
  private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Pattern PORT = Pattern.compile(":\\d*$");
  private static final Pattern JSON = Pattern.compile("application/([\\w.+-]+\\+)?json");

  private RegistryGuard() {}

  static void check(Context request) {
    String host = request.header("Host");
    if (host != null
        && !NAMES.contains(PORT.matcher(host).replaceFirst("").toLowerCase(Locale.ROOT))) {
      throw new HttpResponseException(
          421, "This registry answers on loopback, not as " + host, Map.of());
    }
    String origin = request.header("Origin");
    if (origin != null) {
      throw new HttpResponseException(
          403, "Web pages may not call this registry: " + origin, Map.of());
    }
    boolean hasBody =
        request.method().equals(HandlerType.POST) || request.method().equals(HandlerType.PUT);
    if (hasBody && !isJson(request)) {
      throw new HttpResponseException(
          415, "Expected a Content-Type of JSON, found " + request.contentType(), Map.of());
    }
  }

  private static boolean isJson(Context request) {
    String type = request.contentType();
    return type != null
        && JSON.matcher(type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)).matches();
  }
}
