package io.distillstream.signer;

import io.distillstream.foundation.AtomicFiles;
import io.distillstream.tuf.repository.RepositoryFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What the signer published last, in a folder of its own: whoever can write the topic must not be
 * able to make it forget which versions it has given away. Written before it is published, so that
 * no version is ever given away twice.
 */
final class SignerState {

  private final Path folder;

  SignerState(Path folder) {
    this.folder = folder;
  }

  /** Empty where nothing was published yet, or the folder was lost. */
  RepositoryFiles read() throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : found) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return RepositoryFiles.of(files);
  }

  void write(RepositoryFiles published) throws IOException {
    for (Map.Entry<String, byte[]> file : published.byName().entrySet()) {
      AtomicFiles.replace(folder.resolve(file.getKey()), file.getValue());
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : found) {
        if (!published.byName().containsKey(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }
}
