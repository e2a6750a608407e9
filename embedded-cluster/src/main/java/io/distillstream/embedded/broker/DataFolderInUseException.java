package io.distillstream.embedded.broker;

import java.nio.file.Path;

/** Another broker, of this process or of another one, works on the same data folder. */
public final class DataFolderInUseException extends RuntimeException {

  private final Path folder;

  DataFolderInUseException(Path folder) {
    super(
        "Data folder "
            + folder
            + " is in use by another running broker: end that one, or choose another folder");
    this.folder = folder;
  }

  public Path folder() {
    return folder;
  }
}
