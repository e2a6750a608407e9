package io.distillstream.http.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.InvalidFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemFilesTest {

  @TempDir static Path authorityFolder;
  private static TestAuthority authority;
  private static TestAuthority.Issued issued;
  private static TestAuthority.Issued rsa;
  @TempDir Path folder;

  @BeforeAll
  static void issue() throws Exception {
    authority = new TestAuthority(authorityFolder);
    issued = authority.issue();
    rsa = authority.issue("RSA");
  }

  @Test
  void shouldReadACertificateWithItsKey() throws Exception {
    for (TestAuthority.Issued one : List.of(issued, rsa, authority.issue("Ed25519"))) {
      assertThat(one.read().certificate().getSubjectX500Principal().getName())
          .startsWith("CN=issued-");
    }
  }

  @Test
  void shouldReadEveryCertificateAndSkipWhatStandsBetween() throws Exception {
    Path chain =
        file(
            "subject=CN = somebody\n"
                + Files.readString(issued.certificate())
                + "\nissuer=CN = authority\n"
                + Files.readString(authority.certificate()));

    assertThat(PemFiles.certificates(chain)).hasSize(2);
    assertThat(PemFiles.certificates(chain).get(1).getSubjectX500Principal().getName())
        .isEqualTo("CN=authority");
  }

  @Test
  void shouldRefuseAKeyOfAnotherCertificate() throws Exception {
    Path other = authority.issue().key();

    for (Path key : List.of(other, rsa.key())) {
      assertThatThrownBy(() -> CertifiedKey.read(issued.certificate(), key))
          .isInstanceOf(InvalidFileException.class)
          .hasMessage(
              "'%s' is not the key of the first certificate in '%s'", key, issued.certificate());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RSA PRIVATE KEY, 'holds an RSA PRIVATE KEY: expected PKCS #8'",
    "EC PRIVATE KEY, openssl pkcs8 -topk8 -nocrypt",
    "ENCRYPTED PRIVATE KEY, 'holds an ENCRYPTED PRIVATE KEY: expected PKCS #8 without a password'",
    "PRIVATE KEY, 'is damaged or neither RSA, EC nor Ed25519'",
    "CERTIFICATE, 'holds no private key: expected PEM, -----BEGIN PRIVATE KEY-----'"
  })
  void shouldSayWhatKeyIsExpected(String kind, String problem) throws Exception {
    Path key = file("-----BEGIN %s-----\nAAAA\n-----END %1$s-----\n".formatted(kind));

    assertThatThrownBy(() -> PemFiles.privateKey(key))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageStartingWith("'" + key + "' ")
        .hasMessageContaining(problem);
  }

  @Test
  void shouldSayWhatCertificatesAreExpected() throws Exception {
    Path empty = file("nothing of the kind\n");
    Path damaged = file("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    assertThatThrownBy(() -> PemFiles.certificates(empty))
        .hasMessageContaining("holds no certificate: expected PEM, -----BEGIN CERTIFICATE-----");
    assertThatThrownBy(() -> PemFiles.certificates(damaged))
        .hasMessageContaining("holds a certificate that is damaged");
    assertThatThrownBy(() -> PemFiles.certificates(folder.resolve("nowhere")))
        .hasMessage("'%s' cannot be read: no such file", folder.resolve("nowhere"));
  }

  private Path file(String text) throws Exception {
    return Files.writeString(Files.createTempFile(folder, "some", ".pem"), text);
  }
}
