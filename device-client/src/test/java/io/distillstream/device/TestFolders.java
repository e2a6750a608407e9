package io.distillstream.device;

import io.distillstream.device.folder.ModelFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** Folders of devices as earlier starts left them. */
public final class TestFolders {

  private TestFolders() {}

  /** Of a device that joined before any record of a test was received. */
  public static Path ofOldDevice(Path folder) throws IOException {
    try (ModelFolder opened = ModelFolder.open(folder)) {
      opened.joined(Instant.EPOCH);
    }
    return folder;
  }
}
