package io.distillstream.gateway.store;

import io.distillstream.foundation.PrivateFolders;
import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArtifactRef;
import io.distillstream.wire.blob.DamagedBlobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files by their SHA-256, in one folder. A file has its name only once it is whole and its digest
 * is right, so whatever has one may be given out. One thread writes, any may ask.
 */
public final class ArtifactStore {

  private static final Logger log = LoggerFactory.getLogger(ArtifactStore.class);
  private static final String PARTIAL = ".part";

  private final Path folder;
  private final Map<String, Long> sizes = new ConcurrentHashMap<>();

  /** Writes a file's bytes. */
  @FunctionalInterface
  public interface Fetch {

    /**
     * Writes them to {@code target}.
     *
     * @throws DamagedBlobException if they cannot be had
     */
    void fetch(ArtifactRef file, Path target) throws IOException, DamagedBlobException;
  }

  private ArtifactStore(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens a folder, which is created if absent, and clears what a crash left half done. Files are
   * read once, so that one that was damaged on the disk is fetched again.
   */
  public static ArtifactStore open(Path folder) throws IOException {
    ArtifactStore store = new ArtifactStore(PrivateFolders.create(folder));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.equals(digest(file))) {
          store.sizes.put(name, Files.size(file));
        } else {
          log.warn("{} is not whole and is removed", file);
          Files.delete(file);
        }
      }
    }
    return store;
  }

  /**
   * Makes sure that a file is here.
   *
   * @throws DamagedBlobException if its bytes cannot be had
   * @throws IOException if it cannot be written, or its bytes are others than were promised
   */
  public void require(ArtifactRef file, Fetch fetch) throws IOException, DamagedBlobException {
    if (sizes.containsKey(file.sha256())) {
      return;
    }
    Path partial = folder.resolve(file.sha256() + PARTIAL);
    try {
      fetch.fetch(file, partial);
      String digest = digest(partial);
      if (!digest.equals(file.sha256())) {
        throw new IOException("Its SHA-256 is " + digest + ", expected " + file.sha256());
      }
      Files.move(partial, folder.resolve(file.sha256()), StandardCopyOption.ATOMIC_MOVE);
      sizes.put(file.sha256(), file.sizeBytes());
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** Removes every file but these. One that is being sent is sent to its end. */
  public void keepOnly(Collection<String> digests) throws IOException {
    Set<String> kept = Set.copyOf(digests);
    for (String digest : Set.copyOf(sizes.keySet())) {
      if (!kept.contains(digest)) {
        sizes.remove(digest);
        Files.deleteIfExists(folder.resolve(digest));
      }
    }
  }

  /** A file that is here. */
  public Optional<StoredFile> find(String sha256) {
    Long size = sizes.get(sha256);
    return size == null
        ? Optional.empty()
        : Optional.of(new StoredFile(folder.resolve(sha256), size, sha256));
  }

  /** Bytes of all files. */
  public long bytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Sha256.hex(in);
    }
  }
}
