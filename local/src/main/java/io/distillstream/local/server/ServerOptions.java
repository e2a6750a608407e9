package io.distillstream.local.server;

import io.distillstream.foundation.InvalidFileException;
import io.distillstream.http.tls.CertifiedKey;
import io.distillstream.http.tls.ClientTls;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.mqtt.MqttBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a command is let in by a server. No key stands on a command line. */
public final class ServerOptions {

  /** For machines where a file is less at hand than the environment. */
  private static final String KEY_VARIABLE = "DISTILLSTREAM_API_KEY";

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "PEM file with the authorities that vouch for the server's certificate (default: those"
              + " that Java trusts).")
  private @Nullable Path authorities;

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description =
          "File with the API key or token that the server asks for (default: the environment"
              + " variable DISTILLSTREAM_API_KEY).")
  private @Nullable Path keyFile;

  @Option(
      names = "--client-certificate",
      paramLabel = "FILE",
      description = "PEM file with the certificate that is shown to a server that asks for one.")
  private @Nullable Path certificate;

  @Option(
      names = "--client-key",
      paramLabel = "FILE",
      description = "PEM file with its private key, PKCS #8 without a password.")
  private @Nullable Path key;

  /**
   * What they say.
   *
   * @throws CommandFailedException if a file cannot be used
   */
  public ServerAccess access() {
    return new ServerAccess(tls(), key());
  }

  /** The same with a key of a file alone: what is asked is often somebody else's server. */
  public ServerAccess accessByFile() {
    return new ServerAccess(
        tls(), Optional.ofNullable(keyFile).map(file -> key("--api-key-file", file)));
  }

  /** Whether one of them was given, by its name. */
  public Optional<String> given() {
    return authorities != null
        ? Optional.of("--ca")
        : keyFile != null
            ? Optional.of("--api-key-file")
            : certificate != null || key != null
                ? Optional.of("--client-certificate")
                : Optional.empty();
  }

  private Optional<SSLContext> tls() {
    try {
      CertifiedKey own = own();
      return authorities == null && own == null
          ? Optional.empty()
          : Optional.of(ClientTls.context(authorities, own));
    } catch (InvalidFileException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private @Nullable CertifiedKey own() throws InvalidFileException {
    if ((certificate == null) != (key == null)) {
      throw new CommandFailedException("--client-certificate and --client-key belong together");
    }
    return certificate == null || key == null ? null : CertifiedKey.read(certificate, key);
  }

  /**
   * An MQTT broker for which the same authorities vouch, and that is shown the same certificate.
   *
   * @throws CommandFailedException if a file cannot be used
   */
  public MqttBroker broker(MqttBroker broker) {
    try {
      CertifiedKey own = own();
      return broker.over(
          authorities == null ? null : ClientTls.trusting(authorities),
          own == null ? null : ClientTls.showing(own));
    } catch (InvalidFileException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private Optional<String> key() {
    if (keyFile != null) {
      return Optional.of(key("--api-key-file", keyFile));
    }
    String variable = System.getenv(KEY_VARIABLE);
    return variable == null || variable.isBlank()
        ? Optional.empty()
        : Optional.of(visible(variable.strip(), KEY_VARIABLE));
  }

  /**
   * The key in a file.
   *
   * @param option that names the file
   * @throws CommandFailedException if there is none
   */
  public static String key(String option, Path file) {
    try {
      return visible(Files.readString(file).strip(), option + " " + file);
    } catch (IOException e) {
      throw new CommandFailedException("%s %s cannot be read: %s".formatted(option, file, e), e);
    }
  }

  private static String visible(String key, String where) {
    if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new CommandFailedException(where + ": expected one line of visible ASCII characters");
    }
    return key;
  }
}
