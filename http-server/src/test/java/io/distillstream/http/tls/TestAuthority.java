package io.distillstream.http.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * A certificate authority of a test's own, and what it signs, in PEM files. The JDK's keytool makes
 * all of it.
 */
public final class TestAuthority {

  private static final String PASSWORD = "of-no-use";
  private static final String OWN = "authority";

  private final Path folder;
  private final Path store;
  private int issued;

  /** A certificate with its private key. */
  public record Issued(Path certificate, Path key) {

    /** What a client shows. */
    public CertifiedKey read() throws Exception {
      return CertifiedKey.read(certificate, key);
    }
  }

  /**
   * Makes one.
   *
   * @param folder that is there, and that no other authority uses
   */
  public TestAuthority(Path folder) throws Exception {
    this.folder = folder;
    this.store = folder.resolve("keys.p12");
    generate(OWN, "EC", "-ext", "bc:c");
    write(certificate(), "CERTIFICATE", store().getCertificate(OWN).getEncoded());
  }

  /** Its own certificate. */
  public Path certificate() {
    return folder.resolve(OWN + ".pem");
  }

  /** Signs an EC key for servers of this machine and for clients. */
  public Issued issue() throws Exception {
    return issue("EC");
  }

  /** The same of another algorithm. */
  public Issued issue(String algorithm) throws Exception {
    String name = "issued-" + ++issued;
    generate(
        name,
        algorithm,
        "-signer",
        OWN,
        "-ext",
        "san=dns:localhost,ip:127.0.0.1",
        "-ext",
        "eku=serverAuth,clientAuth");
    return written(name);
  }

  /** A key whose certificate it does not sign, but the key itself. */
  public Issued selfSigned(String algorithm) throws Exception {
    String name = "self-signed-" + ++issued;
    generate(name, algorithm);
    return written(name);
  }

  private Issued written(String name) throws IOException, GeneralSecurityException {
    Issued made = new Issued(folder.resolve(name + ".pem"), folder.resolve(name + "-key.pem"));
    KeyStore keys = store();
    write(made.certificate(), "CERTIFICATE", keys.getCertificate(name).getEncoded());
    write(made.key(), "PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
    return made;
  }

  /** A client that trusts what it signs, and shows nothing. */
  public SSLContext client() throws Exception {
    return ClientTls.context(certificate(), null);
  }

  /** A client that trusts what it signs. */
  public SSLContext client(Issued shown) throws Exception {
    return ClientTls.context(certificate(), shown.read());
  }

  private KeyStore store() throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }

  private void generate(String name, String algorithm, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                algorithm));
    command.addAll(List.of(more));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed: " + said);
    }
  }

  private static void write(Path file, String kind, byte[] der) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(file, "-----BEGIN %s-----\n%s\n-----END %1$s-----\n".formatted(kind, base64));
  }
}
