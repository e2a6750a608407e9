package io.distillstream.signer;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the signer's keys are.
 *
 * @param trustFolder empty for the data folder's {@code trust}
 */
public record SignerSettings(String trustFolder) {

  private static final Setting<String> TRUST_FOLDER =
      Setting.text(
          "signer.trust-folder",
          "",
          "Folder with keys/snapshot.pem, keys/timestamp.pem and metadata, as the command keys"
              + " makes it; empty is trust in data.folder. Until there is a repository nothing is"
              + " signed.");

  public static List<Setting<?>> all() {
    return List.of(TRUST_FOLDER);
  }

  public static SignerSettings from(Settings settings) {
    return new SignerSettings(settings.get(TRUST_FOLDER));
  }

  Path folder(Path dataFolder) {
    return trustFolder.isEmpty() ? dataFolder.resolve("trust") : Path.of(trustFolder);
  }
}
