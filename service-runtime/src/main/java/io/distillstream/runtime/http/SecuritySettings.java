package io.distillstream.runtime.http;

import io.distillstream.foundation.InvalidFileException;
import io.distillstream.http.access.AccessRules;
import io.distillstream.http.access.Issuer;
import io.distillstream.http.access.IssuerAddress;
import io.distillstream.http.access.KeyFile;
import io.distillstream.http.tls.ServerTls;
import io.distillstream.http.tls.TlsFiles;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The settings of one server that say how its connections are secured, and who may call. */
record SecuritySettings(
    Setting<String> certificate,
    Setting<String> key,
    Setting<String> clientCa,
    Setting<String> apiKeys,
    Setting<Optional<URI>> issuer,
    Setting<List<String>> audience,
    Setting<Optional<URI>> jwks,
    Setting<Boolean> publicMetrics) {

  private static final String ADDRESS = "https://host, with a path if need be, or http on loopback";

  static SecuritySettings of(String prefix) {
    return new SecuritySettings(
        Setting.text(
            prefix + ".tls-certificate",
            "",
            "PEM file with the server's certificate, followed by those that vouch for it; empty for"
                + " plain HTTP. Read again when it changes."),
        Setting.text(
            prefix + ".tls-key",
            "",
            "PEM file with the private key of tls-certificate, PKCS #8 without a password. Read"
                + " again when it changes."),
        Setting.text(
            prefix + ".tls-client-ca",
            "",
            "PEM file with the certificates of authorities: only clients with a certificate that"
                + " one of them signed may call (mutual TLS). Read again when it changes."),
        Setting.text(
            prefix + ".api-keys",
            "",
            "File with the keys of callers, a line NAME:KEY or NAME:sha256:DIGEST each; a caller"
                + " shows one as Authorization: Bearer KEY, as X-API-Key: KEY, or in a browser by"
                + " name and password. Read again when it changes."),
        Setting.server(
                prefix + ".oidc-issuer",
                "OpenID Connect issuer whose tokens (JWT) callers may show as Authorization: Bearer"
                    + " TOKEN, as the tokens' claim iss has it.")
            .accepting(ADDRESS, SecuritySettings::isTrustworthy),
        Setting.list(
            prefix + ".oidc-audience", "", "Audiences, of which a token has to name one in aud."),
        Setting.server(
                prefix + ".oidc-jwks-url",
                "Address of the issuer's JSON Web Key Set; empty: its discovery document names it.")
            .accepting(ADDRESS, SecuritySettings::isTrustworthy),
        Setting.flag(
            prefix + ".public-metrics",
            false,
            "Whether /metrics is answered to everybody, where other requests have to show a key, a"
                + " token or a certificate."));
  }

  List<Setting<?>> all() {
    return List.of(certificate, key, clientCa, apiKeys, issuer, audience, jwks, publicMetrics);
  }

  /**
   * The PEM files of TLS.
   *
   * @throws InvalidSettingsException if they cannot be used
   */
  Optional<TlsFiles> tls(Settings settings) {
    String certificateFile = settings.get(certificate);
    String keyFile = settings.get(key);
    String authorities = settings.get(clientCa);
    if (certificateFile.isEmpty() != keyFile.isEmpty()) {
      boolean lone = keyFile.isEmpty();
      throw contradiction(
          "%s is set and %s is not: a certificate and its key belong together"
              .formatted((lone ? certificate : key).key(), (lone ? key : certificate).key()));
    }
    if (certificateFile.isEmpty() && !authorities.isEmpty()) {
      throw contradiction(
          "%s is set and %s is not: clients show certificates over TLS alone"
              .formatted(clientCa.key(), certificate.key()));
    }
    if (certificateFile.isEmpty()) {
      return Optional.empty();
    }
    TlsFiles files =
        new TlsFiles(
            Path.of(certificateFile),
            Path.of(keyFile),
            authorities.isEmpty() ? Optional.empty() : Optional.of(Path.of(authorities)));
    require(certificate.key(), () -> ServerTls.check(files));
    return Optional.of(files);
  }

  /**
   * What callers have to show.
   *
   * @throws InvalidSettingsException if settings contradict each other or a file cannot be used
   */
  AccessRules access(Settings settings) {
    Optional<URI> name = settings.get(issuer);
    List<String> audiences = settings.get(audience);
    if (name.isPresent() == audiences.isEmpty()) {
      throw contradiction(
          "%s and %s belong together: a token is taken from this issuer, and for this audience"
              .formatted(issuer.key(), audience.key()));
    }
    if (name.isEmpty() && settings.get(jwks).isPresent()) {
      throw contradiction(
          "%s is set and %s is not: keys are an issuer's".formatted(jwks.key(), issuer.key()));
    }
    List<KeyFile> files = new ArrayList<>();
    if (!settings.get(apiKeys).isEmpty()) {
      files.add(keyFile(apiKeys, settings, KeyFile.Form.NAMED));
    }
    return new AccessRules(
        files,
        name.map(present -> new Issuer(present, audiences, settings.get(jwks))),
        !settings.get(clientCa).isEmpty(),
        settings.get(publicMetrics),
        List.of(),
        false);
  }

  /**
   * A file of keys that is there.
   *
   * @throws InvalidSettingsException if it cannot be used
   */
  static KeyFile keyFile(Setting<String> setting, Settings settings, KeyFile.Form form) {
    KeyFile file = new KeyFile(setting.key(), Path.of(settings.get(setting)), form);
    require(setting.key(), file::check);
    return file;
  }

  private interface Check {
    void run() throws InvalidFileException;
  }

  private static void require(String setting, Check check) {
    try {
      check.run();
    } catch (InvalidFileException e) {
      throw contradiction(setting + " = " + e.getMessage());
    }
  }

  private static InvalidSettingsException contradiction(String problem) {
    return new InvalidSettingsException(List.of(problem));
  }

  private static boolean isTrustworthy(Optional<URI> address) {
    return address.isEmpty() || IssuerAddress.isTrustworthy(address.get());
  }
}
