package io.distillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.http.tls.TestAuthority;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that secure a server, and what is said of those that do not fit. */
class SecuritySettingsTest {

  private static final HttpSettings HTTP = HttpSettings.of("x.http", 1, "nothing is served");

  @TempDir static Path authorityFolder;
  private static TestAuthority authority;
  private static TestAuthority.Issued issued;
  @TempDir Path folder;

  @BeforeAll
  static void issue() throws Exception {
    authority = new TestAuthority(authorityFolder);
    issued = authority.issue();
  }

  @Test
  void shouldAskForNothingByDefault() {
    HttpListener listener = read(Map.of());

    assertThat(listener.tls()).isEmpty();
    assertThat(listener.access().askForSomething()).isFalse();
    assertThat(listener.isOpenToOthers()).isFalse();
    assertThat(read(Map.of("x.http.host", "0.0.0.0")).isOpenToOthers()).isTrue();
  }

  @Test
  void shouldAskForCertificatesKeysAndTokens() throws Exception {
    Path keys = Files.writeString(folder.resolve("keys"), "a:0123456789abcdef");
    HttpListener listener =
        read(
            Map.of(
                "x.http.host", "0.0.0.0",
                "x.http.tls-certificate", issued.certificate().toString(),
                "x.http.tls-key", issued.key().toString(),
                "x.http.tls-client-ca", authority.certificate().toString(),
                "x.http.api-keys", keys.toString(),
                "x.http.oidc-issuer", "https://issuer.example/realm",
                "x.http.oidc-audience", "one, other"));

    assertThat(listener.isOpenToOthers()).isFalse();
    assertThat(listener.tls().orElseThrow().clientAuthorities()).hasValue(authority.certificate());
    assertThat(listener.access().clientCertificates()).isTrue();
    assertThat(listener.access().issuer().orElseThrow().audiences())
        .containsExactly("one", "other");
    assertThat(listener.access().keyFiles()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "x.http.tls-certificate, c.pem, x.http.tls-certificate is set and x.http.tls-key is not",
    "x.http.tls-key, k.pem, x.http.tls-key is set and x.http.tls-certificate is not",
    "x.http.tls-client-ca, a.pem, clients show certificates over TLS alone",
    "x.http.api-keys, nowhere, x.http.api-keys = 'nowhere' cannot be read: no such file",
    "x.http.oidc-issuer, https://issuer.example, x.http.oidc-audience belong together",
    "x.http.oidc-audience, one, x.http.oidc-issuer and x.http.oidc-audience belong together",
    "x.http.oidc-jwks-url, https://issuer.example/keys, x.http.oidc-issuer is not",
    "x.http.oidc-issuer, http://issuer.example, 'expected https://host'"
  })
  void shouldSayWhatDoesNotFit(String key, String value, String problem) {
    assertThatThrownBy(() -> read(Map.of(key, value)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void shouldNameTheFileThatCannotBeUsed() throws Exception {
    Path other = authority.issue().key();

    assertThatThrownBy(
            () ->
                read(
                    Map.of(
                        "x.http.tls-certificate", issued.certificate().toString(),
                        "x.http.tls-key", other.toString())))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("x.http.tls-certificate = '" + other + "' is not the key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no-colon-0123456789abcdef",
        "short:0123456789",
        "two words:0123456789abcdef",
        "a:0123456789 abcdef",
        "a:sha256:0123",
        ":0123456789abcdef"
      })
  void shouldNameTheLineThatHasNoKeyAndNotShowIt(String line) throws Exception {
    Path keys = Files.writeString(folder.resolve("keys"), "# remark\nok:0123456789abcdef\n" + line);

    assertThatThrownBy(() -> read(Map.of("x.http.api-keys", keys.toString())))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("x.http.api-keys = '" + keys + "' has no key on line 3")
        .message()
        .doesNotContain("0123");
  }

  private static HttpListener read(Map<String, String> values) {
    return HTTP.from(Settings.load(HTTP.all(), values));
  }
}
