package io.distillstream.embedded.secured;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;

/** Key stores with certificates that sign themselves, and trust stores, made anew by each test. */
final class Stores {

  private final Path folder;
  private final String password;

  Stores(Path folder, String password) {
    this.folder = folder;
    this.password = password;
  }

  /** A key and its certificate; answers the store. */
  Path key(String commonName) throws IOException, InterruptedException {
    Path store = folder.resolve(commonName + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + commonName,
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                password)
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), Charset.defaultCharset());
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed: " + said);
    }
    return store;
  }

  /** Trusts the certificates of these stores. */
  Path trusting(String name, List<Path> stores) throws IOException, GeneralSecurityException {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    for (Path store : stores) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, password.toCharArray());
      }
      trust.setCertificateEntry(store.getFileName().toString(), keys.getCertificate("key"));
    }
    Path file = folder.resolve(name + ".p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      trust.store(out, password.toCharArray());
    }
    return file;
  }

  /** Properties by which a client or a broker trusts what this store holds. */
  Map<String, String> trust(Path store) {
    return Map.of(
        "ssl.truststore.type",
        "PKCS12",
        "ssl.truststore.location",
        store.toString(),
        "ssl.truststore.password",
        password);
  }

  /** Properties by which a client or a broker shows the certificate that this store holds. */
  Map<String, String> identity(Path store) {
    return Map.of(
        "ssl.keystore.type",
        "PKCS12",
        "ssl.keystore.location",
        store.toString(),
        "ssl.keystore.password",
        password,
        "ssl.key.password",
        password);
  }
}
