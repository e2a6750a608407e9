package io.distillstream.local;

import io.distillstream.device.http.Gateway;
import io.distillstream.local.server.ServerAccess;
import io.distillstream.local.server.ServerOptions;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options by which a device is told to follow a gateway. */
final class GatewayOptions {

  @Option(
      names = "--gateway",
      paramLabel = "URL",
      description =
          "Follow a gateway over HTTP, such as http://127.0.0.1:8070, instead of Kafka's topics.")
  private @Nullable String url;

  @Option(names = "--token-file", paramLabel = "FILE", description = "The same as --api-key-file.")
  private @Nullable Path tokenFile;

  @Mixin private MqttOptions mqtt = new MqttOptions();

  @Mixin private ServerOptions server = new ServerOptions();

  /**
   * The MQTT broker by which a device hears of the gateway's updates; empty for none.
   *
   * @throws CommandFailedException if what was given is no broker, or no gateway goes with it
   */
  Optional<MqttOptions.Endpoint> mqtt(String device) {
    return mqtt.endpoint(device, url != null, server);
  }

  /**
   * The gateway that is to be followed; empty where it is Kafka.
   *
   * @throws CommandFailedException if what was given is no gateway, or says both
   */
  Optional<Gateway> gateway(SettingsOptions settings) {
    if (url == null) {
      Optional<String> given = tokenFile != null ? Optional.of("--token-file") : server.given();
      if (given.isPresent()) {
        throw new CommandFailedException(given.get() + " is of use with --gateway alone");
      }
      return Optional.empty();
    }
    Optional<String> cluster = settings.givenBelow("cluster.");
    if (cluster.isPresent()) {
      throw new CommandFailedException(
          "--gateway and --set %s both say where updates come from; give one of them"
              .formatted(cluster.get()));
    }
    ServerAccess access = server.access();
    String key =
        tokenFile == null
            ? access.key().orElse(null)
            : ServerOptions.key("--token-file", tokenFile);
    try {
      Gateway gateway = Gateway.at(url, key);
      return Optional.of(
          access.tls().map(tls -> gateway.over(tls.getSocketFactory())).orElse(gateway));
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException("--gateway: " + e.getMessage(), e);
    }
  }
}
