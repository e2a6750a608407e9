package io.distillstream.local;

import io.distillstream.local.server.ServerOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.mqtt.MqttBroker;
import io.distillstream.mqtt.MqttTopics;
import io.distillstream.mqtt.MqttVersion;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a device is told to hear of updates from an MQTT broker. */
final class MqttOptions {

  @Option(
      names = "--mqtt",
      paramLabel = "URL",
      description =
          "With --gateway: hear of updates from an MQTT broker, such as tcp://127.0.0.1:1883 or"
              + " ssl://mqtt.example.org:8883, and report to it; files still come from the gateway.")
  private @Nullable String url;

  @Option(
      names = "--mqtt-version",
      paramLabel = "5|3.1.1",
      description = "Version of MQTT to speak (default: ${DEFAULT-VALUE}).")
  private String version = "5";

  @Option(
      names = "--mqtt-topic-prefix",
      paramLabel = "PREFIX",
      description =
          "First levels of all topics, as the gateway has them (default: ${DEFAULT-VALUE}).")
  private String prefix = MqttTopics.PREFIX;

  @Option(
      names = "--mqtt-user",
      paramLabel = "NAME",
      description =
          "User as whom to log in at the broker (default: the device's id, with a password).")
  private @Nullable String user;

  @Option(
      names = "--mqtt-password-file",
      paramLabel = "FILE",
      description = "File with the password for the broker.")
  private @Nullable Path passwordFile;

  /** A broker, and the topics on it. */
  record Endpoint(MqttBroker broker, MqttTopics topics) {}

  /**
   * The broker that is to be listened to; empty where none is named.
   *
   * @param device its id
   * @param followsGateway whether a gateway is named
   * @param server whom to trust
   * @throws CommandFailedException if what was given is no broker, or no gateway goes with it
   */
  Optional<Endpoint> endpoint(String device, boolean followsGateway, ServerOptions server) {
    if (url == null) {
      if (user != null || passwordFile != null) {
        throw new CommandFailedException(
            "%s is of use with --mqtt alone"
                .formatted(user != null ? "--mqtt-user" : "--mqtt-password-file"));
      }
      return Optional.empty();
    }
    if (!followsGateway) {
      throw new CommandFailedException(
          "--mqtt needs --gateway: a broker tells of updates, and files come from a gateway");
    }
    try {
      MqttBroker broker = MqttBroker.at(url).speaking(version());
      MqttBroker trusted = broker.isEncrypted() ? server.broker(broker) : broker;
      return Optional.of(new Endpoint(loggedIn(trusted, device), new MqttTopics(prefix)));
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException("--mqtt: " + e.getMessage(), e);
    }
  }

  private MqttVersion version() {
    return MqttVersion.of(version)
        .orElseThrow(
            () ->
                new CommandFailedException(
                    "--mqtt-version is '%s': expected 5 or 3.1.1".formatted(version)));
  }

  private MqttBroker loggedIn(MqttBroker broker, String device) {
    if (user == null && passwordFile == null) {
      return broker;
    }
    return broker.as(
        user == null ? device : user,
        passwordFile == null ? null : ServerOptions.key("--mqtt-password-file", passwordFile));
  }
}
