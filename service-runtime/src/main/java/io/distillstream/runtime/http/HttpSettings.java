package io.distillstream.runtime.http;

import io.distillstream.foundation.http.AllowedCallers;
import io.distillstream.foundation.http.ListenAddress;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The settings of one server, all below a common prefix.
 *
 * @param prefix such as {@code teacher.http}
 */
public record HttpSettings(
    String prefix,
    Setting<String> host,
    Setting<Integer> port,
    Setting<List<String>> allowedHosts,
    Setting<List<String>> allowedOrigins) {

  private static final Pattern ORIGIN = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#\\s]+");

  /**
   * Declares them.
   *
   * @param standardPort the port's default
   * @param served what the server is for, as the subject of a sentence
   */
  public static HttpSettings of(String prefix, int standardPort, String served) {
    return new HttpSettings(
        prefix,
        Setting.text(
            prefix + ".host", ListenAddress.LOOPBACK, "The address that " + served + " on."),
        Setting.integer(
                prefix + ".port", standardPort, "The port that " + served + " on; 0: any free one.")
            .between(0, 65_535),
        Setting.list(
            prefix + ".allowed-hosts",
            "",
            "Host names that requests may be addressed to, beside those of loopback and the address"
                + " listened on (on all interfaces: any address); "
                + AllowedCallers.ANY_HOST
                + ": every name."),
        Setting.list(
                prefix + ".allowed-origins",
                "",
                "Origins, such as https://example.org, whose web pages may call in a browser.")
            .accepting(
                "scheme://host or scheme://host:port, without a path",
                origins -> origins.stream().allMatch(origin -> ORIGIN.matcher(origin).matches())));
  }

  /** Every one of them, in the order in which they are documented. */
  public List<Setting<?>> all() {
    return List.of(host, port, allowedHosts, allowedOrigins);
  }

  /** The listener that the values describe. */
  public HttpListener from(Settings settings) {
    return new HttpListener(
        prefix,
        settings.get(host),
        settings.get(port),
        settings.get(allowedHosts),
        settings.get(allowedOrigins));
  }
}
