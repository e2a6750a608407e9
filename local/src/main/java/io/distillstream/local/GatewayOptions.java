package io.distillstream.local;

import io.distillstream.device.http.Gateway;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a device is told to follow a gateway. */
final class GatewayOptions {

  @Option(
      names = "--gateway",
      paramLabel = "URL",
      description =
          "Follow a gateway over HTTP, such as http://127.0.0.1:8070, instead of Kafka's topics.")
  private @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the token that the gateway asks for.")
  private @Nullable Path tokenFile;

  /**
   * The gateway that is to be followed; empty where it is Kafka.
   *
   * @throws CommandFailedException if what was given is no gateway, or says both
   */
  Optional<Gateway> gateway(SettingsOptions settings) {
    if (url == null) {
      if (tokenFile != null) {
        throw new CommandFailedException("--token-file is of use with --gateway alone");
      }
      return Optional.empty();
    }
    Optional<String> cluster = settings.givenBelow("cluster.");
    if (cluster.isPresent()) {
      throw new CommandFailedException(
          "--gateway and --set %s both say where updates come from; give one of them"
              .formatted(cluster.get()));
    }
    try {
      return Optional.of(Gateway.at(url, tokenFile == null ? null : token(tokenFile)));
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException("--gateway: " + e.getMessage(), e);
    }
  }

  private static String token(Path file) {
    String token;
    try {
      token = Files.readString(file).strip();
    } catch (IOException e) {
      throw new CommandFailedException("--token-file %s cannot be read: %s".formatted(file, e), e);
    }
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new CommandFailedException(
          "--token-file %s: expected one line of visible ASCII characters".formatted(file));
    }
    return token;
  }
}
