package io.distillstream.http.tls;

import io.distillstream.foundation.InvalidFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whom a client trusts, and what it shows of itself. */
public final class ClientTls {

  private ClientTls() {}

  /**
   * A context for connections to servers.
   *
   * @param authorities PEM file with the certificates that vouch for servers; null for those that
   *     the Java platform trusts
   * @param own what the client shows a server that asks; null for nothing
   * @throws InvalidFileException if the file cannot be used
   */
  public static SSLContext context(@Nullable Path authorities, @Nullable CertifiedKey own)
      throws InvalidFileException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          own == null ? null : showing(own).getKeyManagers(),
          authorities == null ? null : trusting(authorities).getTrustManagers(),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has TLS", e);
    }
  }

  /** What shows this certificate to a server that asks, for libraries that take no context. */
  public static KeyManagerFactory showing(CertifiedKey own) {
    try {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(own.keyStore(), KeyStores.PASSWORD);
      return factory;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has TLS", e);
    }
  }

  /**
   * What trusts the certificates that these authorities vouch for, for libraries that take no
   * context.
   *
   * @param authorities PEM file with their certificates
   * @throws InvalidFileException if the file cannot be used
   */
  public static TrustManagerFactory trusting(Path authorities) throws InvalidFileException {
    List<X509Certificate> certificates = PemFiles.certificates(authorities);
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(KeyStores.trusting(certificates));
      return factory;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has TLS", e);
    }
  }
}
