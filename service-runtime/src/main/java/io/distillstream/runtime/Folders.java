package io.distillstream.runtime;

import io.distillstream.foundation.PrivateFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

final class Folders {

  private Folders() {}

  static Path create(Path folder) {
    try {
      return PrivateFolders.create(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create folder " + folder, e);
    }
  }
}
