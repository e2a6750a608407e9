package io.distillstream.http.tls;

import io.distillstream.foundation.InvalidFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads PEM files (RFC 7468) as OpenSSL writes them. What stands between their blocks is skipped.
 */
public final class PemFiles {

  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", Pattern.DOTALL);

  private static final Pattern PRIVATE_KEY =
      Pattern.compile(
          "-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  /** A PKCS #8 key says which it is, but a factory has to be chosen first. */
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

  private PemFiles() {}

  /**
   * The certificates of a file, in its order.
   *
   * @throws InvalidFileException if it has none, or one that cannot be used
   */
  public static List<X509Certificate> certificates(Path file) throws InvalidFileException {
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher blocks = CERTIFICATE.matcher(text(file));
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      while (blocks.find()) {
        byte[] der = decoded(blocks.group(1));
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw new InvalidFileException(file, "holds a certificate that is damaged");
    }
    if (certificates.isEmpty()) {
      throw new InvalidFileException(
          file, "holds no certificate: expected PEM, -----BEGIN CERTIFICATE-----");
    }
    return certificates;
  }

  /**
   * The private key of a file, RSA, EC or Ed25519.
   *
   * @throws InvalidFileException if it has none, or not as PKCS #8 without a password
   */
  public static PrivateKey privateKey(Path file) throws InvalidFileException {
    Matcher block = PRIVATE_KEY.matcher(text(file));
    if (!block.find()) {
      throw new InvalidFileException(
          file, "holds no private key: expected PEM, -----BEGIN PRIVATE KEY-----");
    }
    String kind = Objects.requireNonNull(block.group(1));
    if (!kind.equals("PRIVATE KEY")) {
      throw new InvalidFileException(
          file,
          "holds an "
              + kind
              + ": expected PKCS #8 without a password, which 'openssl pkcs8 -topk8 -nocrypt'"
              + " makes of it");
    }
    try {
      PKCS8EncodedKeySpec key = new PKCS8EncodedKeySpec(decoded(block.group(2)));
      for (String algorithm : ALGORITHMS) {
        PrivateKey read = read(key, algorithm);
        if (read != null) {
          return read;
        }
      }
    } catch (IllegalArgumentException e) {
      // It is no base64.
    }
    throw new InvalidFileException(
        file, "holds a private key that is damaged or neither RSA, EC nor Ed25519");
  }

  private static @Nullable PrivateKey read(PKCS8EncodedKeySpec key, String algorithm) {
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(key);
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  private static byte[] decoded(@Nullable String base64) {
    return Base64.getMimeDecoder().decode(Objects.requireNonNull(base64));
  }

  private static String text(Path file) throws InvalidFileException {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw InvalidFileException.unreadable(file, e);
    }
  }
}
