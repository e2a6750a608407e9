package io.distillstream.local.labels.log;

import io.distillstream.foundation.PrivateFolders;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.local.terminal.TemporaryFolder;
import io.distillstream.runtime.Settings;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What each of the commands works with.
 *
 * @param temporary folder for files that are not needed afterwards
 */
public record Workplace(
    Settings settings, ClusterSettings cluster, LabelLog labels, Path temporary) {

  /** The work itself. */
  @FunctionalInterface
  public interface Work {
    void run(Workplace place) throws Exception;
  }

  /**
   * Does some work on a pipeline's log, with a folder for temporary files in the data folder.
   *
   * @param notice is told where log messages go, if there are any
   */
  public static void with(SettingsOptions options, Consumer<String> notice, Work work)
      throws Exception {
    Settings settings = options.load();
    ClusterSettings cluster = ClusterSettings.from(settings);
    ClusterSettings.requireReachable(cluster.connection());
    LogFile.during(
        () -> {
          try (TemporaryFolder folder = temporary(cluster);
              LabelLog labels = new LabelLog(cluster)) {
            work.run(new Workplace(settings, cluster, labels, folder.path()));
          } catch (FileSystemException e) {
            throw e;
          } catch (IOException e) {
            throw new CommandFailedException(
                "A file cannot be read or written (temporary ones are in %s): %s"
                    .formatted(cluster.dataFolder(), e.getMessage()),
                e);
          }
        },
        cluster.dataFolder(),
        "labels",
        notice);
  }

  private static TemporaryFolder temporary(ClusterSettings cluster) throws IOException {
    return TemporaryFolder.createIn(PrivateFolders.create(cluster.dataFolder()));
  }
}
