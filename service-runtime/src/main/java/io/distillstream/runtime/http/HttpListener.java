package io.distillstream.runtime.http;

import io.distillstream.foundation.http.AllowedCallers;
import io.distillstream.foundation.http.ListenAddress;
import io.distillstream.http.HttpBounds;
import io.distillstream.http.access.AccessRules;
import io.distillstream.http.tls.TlsFiles;
import java.util.List;
import java.util.Optional;

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
    HttpBounds bounds,
    Optional<TlsFiles> tls,
    AccessRules access) {

  public HttpListener {
    allowedHosts = List.copyOf(allowedHosts);
    allowedOrigins = List.copyOf(allowedOrigins);
  }

  /** A listener of plain HTTP that everybody may call. */
  public HttpListener(
      String settings,
      String host,
      int port,
      List<String> allowedHosts,
      List<String> allowedOrigins,
      HttpBounds bounds) {
    this(
        settings,
        host,
        port,
        allowedHosts,
        allowedOrigins,
        bounds,
        Optional.empty(),
        AccessRules.NONE);
  }

  /** A listener on loopback, for pages and callers of this machine. */
  public static HttpListener loopback(String settings, int port) {
    return new HttpListener(
        settings, ListenAddress.LOOPBACK, port, List.of(), List.of(), HttpBounds.DEFAULT);
  }

  /** The same for bodies of another size. */
  public HttpListener withBodyBytes(int limit) {
    return new HttpListener(
        settings,
        host,
        port,
        allowedHosts,
        allowedOrigins,
        bounds.withBodyBytes(limit),
        tls,
        access);
  }

  /** The same with other rules of who may call. */
  public HttpListener withAccess(AccessRules rules) {
    return new HttpListener(settings, host, port, allowedHosts, allowedOrigins, bounds, tls, rules);
  }

  /** Whether other machines reach it that have nothing to show. */
  public boolean isOpenToOthers() {
    return !ListenAddress.isLoopback(host) && !access.askForSomething();
  }
}
