package io.distillstream.gateway.mqtt;

import io.distillstream.foundation.InvalidFileException;
import io.distillstream.http.tls.CertifiedKey;
import io.distillstream.http.tls.ClientTls;
import io.distillstream.mqtt.MqttBroker;
import io.distillstream.mqtt.MqttTopics;
import io.distillstream.mqtt.MqttVersion;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The gateway's settings of an MQTT broker. */
public final class MqttSettings {

  private static final Setting<Optional<MqttBroker>> URL =
      Setting.text(
              "gateway.mqtt.url",
              "",
              "MQTT broker by which devices are told of updates, and report; empty for none. What"
                  + " they download still comes from the gateway.")
          .as(
              "tcp://host:1883 or ssl://host:8883, without a user",
              url -> url.isEmpty() ? Optional.empty() : Optional.of(MqttBroker.at(url)));

  private static final Setting<MqttVersion> VERSION =
      Setting.text(
              "gateway.mqtt.version",
              MqttVersion.V5.toString(),
              "Version of MQTT that the gateway speaks, 5 or 3.1.1; devices may speak the other."
                  + " With 3.1.1 every gateway of a broker takes in every report.")
          .as(
              "5 or 3.1.1",
              text -> MqttVersion.of(text).orElseThrow(() -> new IllegalArgumentException(text)));

  private static final Setting<String> TOPIC_PREFIX =
      Setting.text(
              "gateway.mqtt.topic-prefix",
              MqttTopics.PREFIX,
              "First levels of all topics; each pipeline of a broker needs others.")
          .accepting(MqttTopics.expectedPrefix(), MqttTopics::isPrefix);

  private static final Setting<String> USER =
      Setting.text("gateway.mqtt.user", "", "User as whom the gateway logs in at the MQTT broker.");

  private static final Setting<String> PASSWORD_FILE =
      Setting.text(
          "gateway.mqtt.password-file", "", "File with the password of gateway.mqtt.user.");

  private static final Setting<String> CA =
      Setting.text(
          "gateway.mqtt.ca",
          "",
          "PEM file with the authorities that vouch for the MQTT broker's certificate; empty: those"
              + " that Java trusts.");

  private static final Setting<String> CERTIFICATE =
      Setting.text(
          "gateway.mqtt.client-certificate",
          "",
          "PEM file with the certificate that the gateway shows to an MQTT broker that asks for"
              + " one.");

  private static final Setting<String> KEY =
      Setting.text(
          "gateway.mqtt.client-key",
          "",
          "PEM file with the private key of gateway.mqtt.client-certificate, PKCS #8 without a"
              + " password.");

  private MqttSettings() {}

  /** Every one of them. */
  public static List<Setting<?>> all() {
    return List.of(URL, VERSION, TOPIC_PREFIX, USER, PASSWORD_FILE, CA, CERTIFICATE, KEY);
  }

  /**
   * Reads them.
   *
   * @return empty where no broker is named
   * @throws InvalidSettingsException if they contradict each other, or a file cannot be used
   */
  public static Optional<MqttEndpoint> from(Settings settings) {
    Optional<MqttBroker> broker = settings.get(URL);
    if (broker.isEmpty()) {
      requireNone(settings);
      return Optional.empty();
    }
    MqttBroker known = loggedIn(broker.get().speaking(settings.get(VERSION)), settings);
    return Optional.of(
        new MqttEndpoint(trusting(known, settings), new MqttTopics(settings.get(TOPIC_PREFIX))));
  }

  private static void requireNone(Settings settings) {
    for (Setting<String> setting : List.of(USER, PASSWORD_FILE, CA, CERTIFICATE, KEY)) {
      if (!settings.get(setting).isEmpty()) {
        throw contradiction(
            "%s is set and %s is not: it names the broker".formatted(setting.key(), URL.key()));
      }
    }
  }

  private static MqttBroker loggedIn(MqttBroker broker, Settings settings) {
    String user = settings.get(USER);
    String file = settings.get(PASSWORD_FILE);
    if (user.isEmpty()) {
      if (!file.isEmpty()) {
        throw contradiction(
            "%s is set and %s is not: the password is a user's"
                .formatted(PASSWORD_FILE.key(), USER.key()));
      }
      return broker;
    }
    return broker.as(user, file.isEmpty() ? null : password(Path.of(file)));
  }

  private static String password(Path file) {
    String password;
    try {
      password = Files.readString(file).strip();
    } catch (IOException e) {
      throw contradiction(
          PASSWORD_FILE.key() + " = " + InvalidFileException.unreadable(file, e).getMessage());
    }
    if (password.isEmpty() || password.contains("\n")) {
      throw contradiction(
          "%s = '%s' has no password: expected one line".formatted(PASSWORD_FILE.key(), file));
    }
    return password;
  }

  private static MqttBroker trusting(MqttBroker broker, Settings settings) {
    String authorities = settings.get(CA);
    String certificate = settings.get(CERTIFICATE);
    String key = settings.get(KEY);
    if (certificate.isEmpty() != key.isEmpty()) {
      throw contradiction(
          "%s and %s belong together: one of them is not set"
              .formatted(CERTIFICATE.key(), KEY.key()));
    }
    boolean named = !authorities.isEmpty() || !certificate.isEmpty();
    if (named && !broker.isEncrypted()) {
      throw contradiction(
          "%s = '%s' is not encrypted: certificates are of use with ssl:// alone"
              .formatted(URL.key(), broker));
    }
    return broker.over(
        authorities.isEmpty() ? null : trusted(Path.of(authorities)),
        certificate.isEmpty() ? null : shown(Path.of(certificate), Path.of(key)));
  }

  private static TrustManagerFactory trusted(Path authorities) {
    try {
      return ClientTls.trusting(authorities);
    } catch (InvalidFileException e) {
      throw contradiction(CA.key() + " = " + e.getMessage());
    }
  }

  private static @Nullable KeyManagerFactory shown(Path certificate, Path key) {
    try {
      return ClientTls.showing(CertifiedKey.read(certificate, key));
    } catch (InvalidFileException e) {
      throw contradiction(CERTIFICATE.key() + " = " + e.getMessage());
    }
  }

  private static InvalidSettingsException contradiction(String problem) {
    return new InvalidSettingsException(List.of(problem));
  }
}
