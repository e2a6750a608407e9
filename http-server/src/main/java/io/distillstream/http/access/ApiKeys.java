package io.distillstream.http.access;

import io.distillstream.foundation.InvalidFileException;
import io.distillstream.http.reload.FileWatch;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The keys of some files, as these have them now. Thread-safe. */
final class ApiKeys {

  private final List<KeyFile> files;
  private final Map<KeyFile, List<ApiKey>> keys = new ConcurrentHashMap<>();

  /**
   * Reads the files.
   *
   * @throws InvalidFileException if one of them cannot be used
   */
  ApiKeys(List<KeyFile> files) throws InvalidFileException {
    this.files = files;
    for (KeyFile file : files) {
      keys.put(file, file.read());
    }
  }

  /** Reads each file again when it changes. */
  void follow(FileWatch watch) {
    for (KeyFile file : files) {
      watch.watch(file.setting(), List.of(file.path()), () -> keys.put(file, file.read()));
    }
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  /**
   * Whether somebody has this key, of the name that is shown with it, if any; all are looked at.
   */
  boolean knows(Credentials shown) {
    String digest = ApiKey.digest(shown.secret());
    boolean known = false;
    for (List<ApiKey> some : keys.values()) {
      for (ApiKey one : some) {
        known |= one.hasDigest(digest) && one.name().equals(shown.name().orElse(one.name()));
      }
    }
    return known;
  }
}
