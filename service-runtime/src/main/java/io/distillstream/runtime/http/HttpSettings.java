package io.distillstream.runtime.http;

import io.distillstream.foundation.http.AllowedCallers;
import io.distillstream.foundation.http.ListenAddress;
import io.distillstream.http.HttpBounds;
import io.distillstream.http.access.KeyFile;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
    Setting<List<String>> allowedOrigins,
    Setting<Integer> maxConnections,
    Setting<Integer> maxConnectionsPerAddress,
    Setting<Duration> idleTimeout,
    Setting<Duration> bodyTimeout,
    Setting<Integer> minBodyRate,
    SecuritySettings security) {

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
                origins -> origins.stream().allMatch(origin -> ORIGIN.matcher(origin).matches())),
        Setting.integer(
                prefix + ".max-connections",
                HttpBounds.DEFAULT.connections(),
                "Connections open at once; while there are as many, no more are accepted and idle"
                    + " ones are closed within a second.")
            .between(16, 1_000_000),
        Setting.integer(
                prefix + ".max-connections-per-address",
                HttpBounds.DEFAULT.connectionsPerAddress(),
                "Connections open at once from one client address (IPv6: one network of 64 bits);"
                    + " more are answered with 429 and closed. Behind a reverse proxy all come from"
                    + " its address.")
            .between(1, 1_000_000),
        Setting.duration(
                prefix + ".idle-timeout",
                HttpBounds.DEFAULT.idleTimeout(),
                "How long a connection may be without traffic.")
            .between(Duration.ofSeconds(1), Duration.ofHours(1)),
        Setting.duration(
                prefix + ".body-timeout",
                HttpBounds.DEFAULT.bodyTimeout(),
                "How long a request's body may take to arrive, unless it keeps to min-body-rate in"
                    + " each such time; later it is answered with 408. A connection whose request"
                    + " head takes twice as long is closed.")
            .between(Duration.ofMillis(100), Duration.ofHours(1)),
        Setting.integer(
                prefix + ".min-body-rate",
                HttpBounds.DEFAULT.bodyRate(),
                "The slowest rate, in bytes per second over each body-timeout, at which a body is"
                    + " taken that needs longer.")
            .between(1, 1 << 30),
        SecuritySettings.of(prefix));
  }

  /**
   * Declares those of a stage that serves its health and metrics alone, and only in a process that
   * the command {@code run} has started.
   */
  public static HttpSettings ofProbes(String stage, int standardPort) {
    return of(
        stage + ".http",
        standardPort,
        "the command run serves the " + stage + "'s health and metrics");
  }

  /** Every one of them, in the order in which they are documented. */
  public List<Setting<?>> all() {
    return Stream.concat(
            Stream.of(
                host,
                port,
                allowedHosts,
                allowedOrigins,
                maxConnections,
                maxConnectionsPerAddress,
                idleTimeout,
                bodyTimeout,
                minBodyRate),
            security.all().stream())
        .toList();
  }

  /**
   * The listener that the values describe.
   *
   * @throws InvalidSettingsException if a file that they name cannot be used
   */
  public HttpListener from(Settings settings) {
    return new HttpListener(
        prefix,
        settings.get(host),
        settings.get(port),
        settings.get(allowedHosts),
        settings.get(allowedOrigins),
        new HttpBounds(
            settings.get(maxConnections),
            settings.get(maxConnectionsPerAddress),
            settings.get(idleTimeout),
            settings.get(bodyTimeout),
            settings.get(minBodyRate),
            HttpBounds.DEFAULT.bodyBytes(),
            HttpBounds.DEFAULT.bufferedBytes()),
        security.tls(settings),
        security.access(settings));
  }

  /**
   * A file of keys besides, which a setting of the server's own names.
   *
   * @throws InvalidSettingsException if it cannot be used
   */
  public static KeyFile keyFile(Setting<String> setting, Settings settings, KeyFile.Form form) {
    return SecuritySettings.keyFile(setting, settings, form);
  }
}
