package io.distillstream.runtime.http;

import io.distillstream.foundation.InvalidFileException;
import io.distillstream.foundation.http.ListenAddress;
import io.distillstream.http.access.Access;
import io.distillstream.http.access.Denial;
import io.distillstream.http.reload.FileWatch;
import io.distillstream.http.tls.ServerTls;
import io.distillstream.runtime.InvalidSettingsException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS of one server and who may call it. Owns the threads that follow files and issuer. */
final class ServerSecurity implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ServerSecurity.class);

  private final HttpListener listener;
  private final Optional<ServerTls> tls;
  private final Access access;
  private final FileWatch watch;

  private ServerSecurity(HttpListener listener, Optional<ServerTls> tls, Access access) {
    this.listener = listener;
    this.tls = tls;
    this.access = access;
    this.watch = new FileWatch(threads(listener) + "-files");
    tls.ifPresent(secured -> secured.follow(listener.settings() + ".tls-certificate", watch));
    access.follow(watch);
  }

  /**
   * Reads what files hold, and follows them from then on.
   *
   * @throws InvalidSettingsException if one of them cannot be used
   */
  static ServerSecurity open(HttpListener listener, PrometheusMeterRegistry registry) {
    Map<Denial, Counter> denied = denials(listener.settings(), registry);
    try {
      Optional<ServerTls> tls =
          listener.tls().isPresent()
              ? Optional.of(new ServerTls(listener.tls().get()))
              : Optional.empty();
      Access access =
          new Access(
              listener.access(),
              tls.isPresent(),
              threads(listener),
              denial -> Objects.requireNonNull(denied.get(denial)).increment());
      ServerSecurity security = new ServerSecurity(listener, tls, access);
      Gauge.builder("distillstream.http.certificate.expiry", security, ServerSecurity::expiry)
          .description(
              "When the certificate of the server expires, in seconds since 1970; NaN without TLS.")
          .baseUnit("seconds")
          .tags("server", listener.settings())
          .register(registry);
      return security;
    } catch (InvalidFileException e) {
      throw new InvalidSettingsException(List.of(listener.settings() + ": " + e.getMessage()));
    }
  }

  private static Map<Denial, Counter> denials(String server, PrometheusMeterRegistry registry) {
    Map<Denial, Counter> counters = new EnumMap<>(Denial.class);
    for (Denial denial : Denial.values()) {
      counters.put(
          denial,
          Counter.builder("distillstream.http.denied")
              .description(
                  "Requests that a server did not let in for what their caller showed, by reason.")
              .tags("server", server, "reason", denial.text())
              .register(registry));
    }
    return counters;
  }

  static String threads(HttpListener listener) {
    return "http-" + listener.settings();
  }

  Optional<ServerTls> tls() {
    return tls;
  }

  Access access() {
    return access;
  }

  /** Says once what others can do who reach the port. */
  void warn() {
    String settings = listener.settings();
    if (listener.isOpenToOthers()) {
      log.warn(
          "{} listens on {} and lets everybody in who reaches it; {}.api-keys, {}.oidc-issuer or"
              + " {}.tls-client-ca says who may call",
          settings,
          listener.host(),
          settings,
          settings,
          settings);
    } else if (tls.isEmpty() && !ListenAddress.isLoopback(listener.host())) {
      log.warn(
          "{} listens on {} without TLS: keys and tokens travel in clear text, unless a proxy"
              + " before it ends TLS; {}.tls-certificate names a certificate",
          settings,
          listener.host(),
          settings);
    }
  }

  private double expiry() {
    return tls.map(secured -> (double) secured.expiry().getEpochSecond()).orElse(Double.NaN);
  }

  @Override
  public void close() {
    watch.close();
    access.close();
  }
}
