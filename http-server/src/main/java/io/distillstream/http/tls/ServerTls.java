package io.distillstream.http.tls;

import io.distillstream.foundation.InvalidFileException;
import io.distillstream.http.reload.FileWatch;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * TLS 1.2 and 1.3 of a server. Certificates that have been replaced are used for connections made
 * from then on.
 *
 * <p>A client that speaks plain HTTP to the port is understood, so that it can be told what to do:
 * see {@link io.distillstream.http.access.Access}. One whose certificate is not vouched for ends
 * with the handshake, one without any passes it, and is told, too.
 */
public final class ServerTls {

  private final TlsFiles files;
  private final SslContextFactory.Server factory = new SslContextFactory.Server();
  private volatile Loaded inUse;

  /** What the files hold at one moment. */
  private record Loaded(CertifiedKey key, Optional<KeyStore> clientAuthorities) {

    static Loaded of(TlsFiles files) throws InvalidFileException {
      CertifiedKey key = CertifiedKey.read(files.certificate(), files.key());
      return files.clientAuthorities().isEmpty()
          ? new Loaded(key, Optional.empty())
          : new Loaded(
              key,
              Optional.of(
                  KeyStores.trusting(PemFiles.certificates(files.clientAuthorities().get()))));
    }

    void applyTo(SslContextFactory factory) {
      factory.setKeyStore(key.keyStore());
      clientAuthorities.ifPresent(factory::setTrustStore);
    }

    Instant expiry() {
      return key.certificate().getNotAfter().toInstant();
    }
  }

  /**
   * Reads the files.
   *
   * @throws InvalidFileException if one cannot be used
   */
  public ServerTls(TlsFiles files) throws InvalidFileException {
    this.files = files;
    inUse = Loaded.of(files);
    inUse.applyTo(factory);
    factory.setKeyStorePassword("");
    factory.setKeyManagerPassword("");
    factory.setIncludeProtocols("TLSv1.2", "TLSv1.3");
    factory.setRenegotiationAllowed(false);
    factory.setSniRequired(false);
    factory.setWantClientAuth(files.clientAuthorities().isPresent());
  }

  /** Says of files whether they can be used. */
  public static void check(TlsFiles files) throws InvalidFileException {
    Loaded.of(files);
  }

  /** When the certificate expires that is in use. */
  public Instant expiry() {
    return inUse.expiry();
  }

  /**
   * Has the files read again when they change.
   *
   * @param setting that names the certificate, for the log
   */
  public void follow(String setting, FileWatch watch) {
    watch.watch(setting, files.all().toList(), this::reload);
  }

  private void reload() throws InvalidFileException {
    Loaded loaded = Loaded.of(files);
    try {
      factory.reload(loaded::applyTo);
      inUse = loaded;
    } catch (Exception e) {
      restore();
      throw new InvalidFileException(files.certificate(), "cannot be used: " + e);
    }
  }

  /** A factory that could not load what it was given serves nobody. */
  private void restore() {
    try {
      factory.reload(inUse::applyTo);
    } catch (Exception e) {
      throw new IllegalStateException("The certificate in use cannot be loaded again", e);
    }
  }

  /** What connections begin with, first, and what they may go on with. */
  public ConnectionFactory[] connections(HttpConfiguration http) {
    // Whom a request is addressed to is checked elsewhere, with an answer that says what to do.
    http.addCustomizer(new SecureRequestCustomizer(false));
    String protocol = HttpVersion.HTTP_1_1.asString();
    SslConnectionFactory tls = new SslConnectionFactory(factory, protocol);
    // What is not TLS goes on with what follows the first.
    return new ConnectionFactory[] {
      new DetectorConnectionFactory(tls), new HttpConnectionFactory(http), tls
    };
  }
}
