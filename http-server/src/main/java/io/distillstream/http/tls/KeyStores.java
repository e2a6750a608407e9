package io.distillstream.http.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Key stores in memory, which Java's TLS takes keys and certificates from. */
final class KeyStores {

  /** Of no use to anybody: no such store is ever written. */
  static final char[] PASSWORD = {};

  interface Filling {
    void fill(KeyStore store) throws GeneralSecurityException;
  }

  private KeyStores() {}

  /** A store of certificates whose holders are to be trusted, and all that they vouch for. */
  static KeyStore trusting(List<X509Certificate> authorities) {
    return of(
        store -> {
          for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
          }
        });
  }

  static KeyStore of(Filling filling) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      char @Nullable [] none = null;
      store.load(null, none);
      filling.fill(store);
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Every Java platform has PKCS #12 key stores", e);
    }
  }
}
