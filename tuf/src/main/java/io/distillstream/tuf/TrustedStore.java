package io.distillstream.tuf;

import io.distillstream.foundation.AtomicFiles;
import io.distillstream.foundation.PrivateFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a client has trusted so far, in a folder of its own: without it, it could not tell an older
 * version. Files are replaced in one step, and are verified again when they are read.
 */
public final class TrustedStore {

  private final Path folder;

  /**
   * @param folder created if absent
   */
  public TrustedStore(Path folder) throws IOException {
    this.folder = PrivateFolders.create(folder);
  }

  Optional<byte[]> read(String name) throws IOException {
    Path file = folder.resolve(name);
    return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
  }

  void write(String name, byte[] content) throws IOException {
    AtomicFiles.replace(folder.resolve(name), content);
  }

  void delete(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
  }
}
