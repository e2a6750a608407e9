package io.distillstream.signer;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the signer's keys are.
 *
 * @param trustFolder empty for the data folder's {@code trust}
 */
public record SignerSettings(String trustFolder) {

  /** Where the signer's health and metrics are served. */
  public static final HttpSettings HTTP = HttpSettings.ofProbes("signer", 8085);

  private static final Setting<String> TRUST_FOLDER =
      Setting.text(
          "signer.trust-folder",
          "",
          "Folder with keys/snapshot.pem, keys/timestamp.pem and metadata, as the command keys"
              + " makes it; empty is trust in data.folder. Until there is a repository nothing is"
              + " signed.");

  public static List<Setting<?>> all() {
    return Stream.concat(Stream.of(TRUST_FOLDER), HTTP.all().stream()).toList();
  }

  public static SignerSettings from(Settings settings) {
    return new SignerSettings(settings.get(TRUST_FOLDER));
  }

  Path folder(Path dataFolder) {
    return trustFolder.isEmpty() ? dataFolder.resolve("trust") : Path.of(trustFolder);
  }
}
