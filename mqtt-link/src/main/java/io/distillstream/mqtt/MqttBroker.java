package io.distillstream.mqtt;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An MQTT broker's address, how it is spoken to, as whom, and whom to trust. Immutable. */
public final class MqttBroker {

  private static final int PORT = 1883;
  private static final int TLS_PORT = 8883;
  private static final int LAST_PORT = 65_535;

  private final String address;
  private final String host;
  private final int port;
  private final boolean tls;
  private final MqttVersion version;
  private final @Nullable Login login;
  private final @Nullable TrustManagerFactory trusted;
  private final @Nullable KeyManagerFactory shown;

  /** Not a record, which would tell the password to whoever prints it. */
  static final class Login {
    final String user;
    final byte @Nullable [] password;

    Login(String user, @Nullable String password) {
      this.user = user;
      this.password = password == null ? null : password.getBytes(StandardCharsets.UTF_8);
    }
  }

  private MqttBroker(
      String address,
      String host,
      int port,
      boolean tls,
      MqttVersion version,
      @Nullable Login login,
      @Nullable TrustManagerFactory trusted,
      @Nullable KeyManagerFactory shown) {
    this.address = address;
    this.host = host;
    this.port = port;
    this.tls = tls;
    this.version = version;
    this.login = login;
    this.trusted = trusted;
    this.shown = shown;
  }

  /**
   * A broker that is spoken to in MQTT 5, without a login.
   *
   * @param url such as {@code tcp://127.0.0.1:1883} or {@code ssl://mqtt.example.org:8883}; {@code
   *     mqtt} and {@code mqtts} are other names of the two schemes, and their ports may be left out
   * @throws IllegalArgumentException if it is no address of a broker
   */
  public static MqttBroker at(String url) {
    try {
      URI uri = new URI(url);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      boolean tls = scheme.equals("ssl") || scheme.equals("mqtts");
      boolean known = tls || scheme.equals("tcp") || scheme.equals("mqtt");
      String host = uri.getHost();
      String rest = String.valueOf(uri.getRawPath());
      if (known
          && host != null
          && (rest.isEmpty() || rest.equals("/"))
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && uri.getRawUserInfo() == null
          && uri.getPort() != 0
          && uri.getPort() <= LAST_PORT) {
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? TLS_PORT : PORT;
        return new MqttBroker(url, host, port, tls, MqttVersion.V5, null, null, null);
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(expected(), e);
    }
    throw new IllegalArgumentException(expected());
  }

  /** What is no address may hold a password, and is not repeated. */
  private static String expected() {
    return "expected an MQTT broker's address such as tcp://127.0.0.1:1883 or"
        + " ssl://mqtt.example.org:8883, without a user";
  }

  /** The same broker, spoken to in this version of the protocol. */
  public MqttBroker speaking(MqttVersion version) {
    return new MqttBroker(address, host, port, tls, version, login, trusted, shown);
  }

  /** The same broker, where one logs in by a name and, where there is one, a password. */
  public MqttBroker as(String user, @Nullable String password) {
    return new MqttBroker(
        address, host, port, tls, version, new Login(user, password), trusted, shown);
  }

  /**
   * The same broker over TLS of the caller's own.
   *
   * @param trusted whose certificates are trusted; null for those that the platform trusts
   * @param shown the certificate that is shown to a broker that asks; null for none
   */
  public MqttBroker over(@Nullable TrustManagerFactory trusted, @Nullable KeyManagerFactory shown) {
    return new MqttBroker(address, host, port, tls, version, login, trusted, shown);
  }

  /** Whether what is said to it is encrypted. */
  public boolean isEncrypted() {
    return tls;
  }

  /** Whether there is a password to be told to it. */
  public boolean hasPassword() {
    return login != null && login.password != null;
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  MqttVersion version() {
    return version;
  }

  @Nullable Login login() {
    return login;
  }

  @Nullable TrustManagerFactory trusted() {
    return trusted;
  }

  @Nullable KeyManagerFactory shown() {
    return shown;
  }

  /** The address. */
  @Override
  public String toString() {
    return address;
  }
}
