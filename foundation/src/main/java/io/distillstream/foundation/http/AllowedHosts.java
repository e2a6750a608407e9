package io.distillstream.foundation.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names under which a server may be addressed.
 *
 * <p>A page of another site can have its own name resolve to this machine and then call us as if it
 * were of the same origin (DNS rebinding); its requests still carry that name. An address needs no
 * resolving, so on all interfaces every address is allowed.
 */
final class AllowedHosts {

  private static final List<String> LOOPBACK_NAMES = List.of("localhost", "127.0.0.1", "[::1]");
  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+]");
  private static final Pattern PORT = Pattern.compile(":\\d*$");

  private final Set<String> names;
  private final boolean everyAddress;
  private final boolean everyName;

  AllowedHosts(String boundTo, List<String> configured) {
    names = new HashSet<>(LOOPBACK_NAMES);
    names.add(name(bracketed(boundTo)));
    configured.forEach(host -> names.add(name(bracketed(host))));
    everyAddress = ListenAddress.isEveryInterface(boundTo);
    everyName = configured.contains(AllowedCallers.ANY_HOST);
  }

  /**
   * Whether a request may be addressed so.
   *
   * @param authority a {@code Host} header, with or without a port
   */
  boolean accept(String authority) {
    String name = name(authority);
    return everyName || names.contains(name) || (everyAddress && ADDRESS.matcher(name).matches());
  }

  /** Without a port: every port of a name is allowed. */
  private static String name(String authority) {
    return PORT.matcher(authority).replaceFirst("").toLowerCase(Locale.ROOT);
  }

  /** An IPv6 address, which alone has several colons, as it stands in a {@code Host} header. */
  private static String bracketed(String host) {
    boolean bare = host.indexOf(':') != host.lastIndexOf(':') && !host.startsWith("[");
    return bare ? "[" + host + "]" : host;
  }
}
