package io.distillstream.runtime.http;

import io.distillstream.foundation.http.AllowedCallers;
import io.distillstream.foundation.http.ListenAddress;
import io.distillstream.http.HttpBounds;
import java.util.List;

/**
 * Where a server listens, whom it answers, and what it grants its clients.
 *
 * @param settings what the keys of its settings begin with, for messages; see {@link HttpSettings}
 * @param host the interface, as a name or an address
 * @param port 0 for any free one
 * @param allowedHosts names a request may be addressed to beside loopback's and {@code host}; see
 *     {@link AllowedCallers#ANY_HOST}
 * @param allowedOrigins origins, such as {@code https://example.org}, whose pages may call
 */
public record HttpListener(
    String settings,
    String host,
    int port,
    List<String> allowedHosts,
    List<String> allowedOrigins,
    HttpBounds bounds) {

  public HttpListener {
    allowedHosts = List.copyOf(allowedHosts);
    allowedOrigins = List.copyOf(allowedOrigins);
  }

  /** A listener on loopback, for pages and callers of this machine. */
  public static HttpListener loopback(String settings, int port) {
    return new HttpListener(
        settings, ListenAddress.LOOPBACK, port, List.of(), List.of(), HttpBounds.DEFAULT);
  }

  /** The same for bodies of another size. */
  public HttpListener withBodyBytes(int limit) {
    return new HttpListener(
        settings, host, port, allowedHosts, allowedOrigins, bounds.withBodyBytes(limit));
  }
}
