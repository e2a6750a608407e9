package io.distillstream.embedded.registry;

import io.distillstream.foundation.http.AllowedCallers;
import io.distillstream.foundation.http.ListenAddress;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Refuses what a browser may send on behalf of any page that is open on this machine: requests
 * under another name than loopback's (DNS rebinding), with an {@code Origin}, or with a body that
 * is not JSON. Clients of a registry are programs and send none of these.
 */
final class RegistryGuard {
  private static final AllowedCallers CALLERS =
      new AllowedCallers(ListenAddress.LOOPBACK, List.of(), List.of());
  private static final Pattern JSON = Pattern.compile("application/([\\w.+-]+\\+)?json");

  private RegistryGuard() {}

  static void check(Context request) {
    String host = request.header("Host");
    String origin = request.header("Origin");
    switch (CALLERS.of(host, origin)) {
      case MISDIRECTED ->
          throw new HttpResponseException(
              421, "This registry answers on loopback, not as " + host, Map.of());
      case OWN_PAGE, ALLOWED_PAGE, FOREIGN_PAGE ->
          throw new HttpResponseException(
              403, "Web pages may not call this registry: " + origin, Map.of());
      case NO_PAGE -> {}
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
