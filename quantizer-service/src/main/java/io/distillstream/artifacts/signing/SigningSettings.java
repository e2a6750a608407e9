package io.distillstream.artifacts.signing;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.nio.file.Path;
import java.util.List;

/**
 * How updates are signed.
 *
 * @param trustFolder where {@code keys} lie; empty for the data folder's {@code trust}
 * @param versions of how many versions the artifacts stay among the signed targets
 */
public record SigningSettings(String trustFolder, int versions) {

  private static final Setting<String> TRUST_FOLDER =
      Setting.text(
          "quantizer.trust-folder",
          "",
          "Folder whose keys/MODEL-CHANNEL.pem signs the updates of a channel, as the command keys"
              + " makes it; empty is trust in data.folder. Without the key updates are not"
              + " signed.");
  private static final Setting<Integer> VERSIONS =
      Setting.integer(
              "quantizer.signed-versions",
              20,
              "Newest versions whose artifacts the signed metadata of a channel lists.")
          .between(1, 1_000);

  public static List<Setting<?>> all() {
    return List.of(TRUST_FOLDER, VERSIONS);
  }

  public static SigningSettings from(Settings settings) {
    return new SigningSettings(settings.get(TRUST_FOLDER), settings.get(VERSIONS));
  }

  Path folder(Path dataFolder) {
    return trustFolder.isEmpty() ? dataFolder.resolve("trust") : Path.of(trustFolder);
  }
}
