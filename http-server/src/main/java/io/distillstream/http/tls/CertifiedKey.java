package io.distillstream.http.tls;

import io.distillstream.foundation.InvalidFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;

/** A private key with its certificate and those that vouch for it, the own one first. */
public final class CertifiedKey {

  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private CertifiedKey(List<X509Certificate> chain, PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  /**
   * Reads both from PEM files.
   *
   * @throws InvalidFileException if one cannot be used, or they do not belong together
   */
  public static CertifiedKey read(Path certificates, Path key) throws InvalidFileException {
    CertifiedKey read =
        new CertifiedKey(PemFiles.certificates(certificates), PemFiles.privateKey(key));
    if (!read.belongTogether()) {
      throw new InvalidFileException(
          key, "is not the key of the first certificate in '" + certificates + "'");
    }
    return read;
  }

  /** The certificate of the key. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** All of them, in a key store of their own behind an empty password. */
  KeyStore keyStore() {
    return KeyStores.of(
        store ->
            store.setKeyEntry("key", key, KeyStores.PASSWORD, chain.toArray(new Certificate[0])));
  }

  /**
   * Signs bytes, with SHA-256 where the key is one of RSA or EC.
   *
   * @throws GeneralSecurityException if the key cannot sign
   */
  public byte[] sign(byte[] bytes) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(signature(key.getAlgorithm()));
    signature.initSign(key);
    signature.update(bytes);
    return signature.sign();
  }

  private boolean belongTogether() {
    byte[] sample = {1, 2, 3};
    try {
      byte[] signed = sign(sample);
      Signature signature = Signature.getInstance(signature(key.getAlgorithm()));
      signature.initVerify(certificate().getPublicKey());
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // A key of another kind or length than the certificate's.
      return false;
    }
  }

  private static String signature(String algorithm) {
    return switch (algorithm.toUpperCase(Locale.ROOT)) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> algorithm;
    };
  }
}
