package io.distillstream.http.tls;

import io.distillstream.foundation.InvalidFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
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
          own == null ? null : keys(own), authorities == null ? null : trusting(authorities), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has TLS", e);
    }
  }

  private static KeyManager[] keys(CertifiedKey own) throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own.keyStore(), KeyStores.PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager[] trusting(Path authorities)
      throws GeneralSecurityException, InvalidFileException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(KeyStores.trusting(PemFiles.certificates(authorities)));
    return factory.getTrustManagers();
  }
}
