package io.distillstream.foundation.http;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the requests that a server answers from those that a browser sends on behalf of a page that
 * has no business with it. Safe for use by many threads.
 */
public final class AllowedCallers {

  /** Among the allowed hosts: every name is allowed. */
  public static final String ANY_HOST = "*";

  private final AllowedHosts hosts;
  private final Set<String> origins = new HashSet<>();

  /**
   * @param boundTo the address that the server listens on; requests may be addressed to it, to the
   *     names of loopback and, on all interfaces, to any address
   * @param hosts further names that requests may be addressed to; see {@link #ANY_HOST}
   * @param origins origins, such as {@code https://example.org}, whose pages may call
   */
  public AllowedCallers(String boundTo, List<String> hosts, List<String> origins) {
    this.hosts = new AllowedHosts(boundTo, hosts);
    origins.forEach(origin -> this.origins.add(origin.toLowerCase(Locale.ROOT)));
  }

  /**
   * Whoever sent a request.
   *
   * @param host its {@code Host}, which no browser leaves out, but health checks over HTTP/1.0 do
   * @param origin its {@code Origin}, which browsers send with every request of a page that reaches
   *     another origin or changes something
   */
  public Caller of(@Nullable String host, @Nullable String origin) {
    if (host != null && !hosts.accept(host)) {
      return Caller.MISDIRECTED;
    }
    if (origin == null) {
      return Caller.NO_PAGE;
    }
    if (isSame(origin, host)) {
      return Caller.OWN_PAGE;
    }
    return origins.contains(origin.toLowerCase(Locale.ROOT))
        ? Caller.ALLOWED_PAGE
        : Caller.FOREIGN_PAGE;
  }

  /** Behind a proxy that ends TLS the page's scheme is another than ours. */
  private static boolean isSame(String origin, @Nullable String host) {
    try {
      return host != null && host.equalsIgnoreCase(URI.create(origin).getAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
