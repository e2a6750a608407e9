package io.distillstream.runtime.http;

import java.util.List;
import java.util.Set;

/**
 * Where a server listens, and whom it answers.
 *
 * @param settings what the keys of its settings begin with, for messages; see {@link HttpSettings}
 * @param host the interface, as a name or an address
 * @param port 0 for any free one
 * @param allowedHosts names a request may be addressed to beside loopback's and {@code host}; see
 *     {@link #ANY_HOST}
 * @param allowedOrigins origins, such as {@code https://example.org}, whose pages may call
 */
public record HttpListener(
    String settings,
    String host,
    int port,
    List<String> allowedHosts,
    List<String> allowedOrigins) {

  /** Nothing listens on other interfaces unless a setting says so. */
  public static final String LOOPBACK = "127.0.0.1";

  /** Among {@link #allowedHosts}: every name is allowed. */
  public static final String ANY_HOST = "*";

  private static final Set<String> EVERY_INTERFACE = Set.of("0.0.0.0", "::", "[::]");

  public HttpListener {
    allowedHosts = List.copyOf(allowedHosts);
    allowedOrigins = List.copyOf(allowedOrigins);
  }

  /** Whether an address to listen on means every interface. */
  public static boolean isEveryInterface(String host) {
    return EVERY_INTERFACE.contains(host);
  }

  /** A listener on loopback, for pages and callers of this machine. */
  public static HttpListener loopback(String settings, int port) {
    return new HttpListener(settings, LOOPBACK, port, List.of(), List.of());
  }
}
