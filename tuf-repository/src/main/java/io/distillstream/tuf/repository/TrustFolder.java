package io.distillstream.tuf.repository;

import io.distillstream.foundation.AtomicFiles;
import io.distillstream.foundation.PrivateFolders;
import io.distillstream.tuf.metadata.Key;
import io.distillstream.tuf.metadata.Root;
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.metadata.TopLevelRole;
import io.distillstream.tuf.refusal.MalformedMetadataException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What an operator has of a repository, on disk: {@code root/}, the offline keys; {@code keys/},
 * those that sign day by day; {@code metadata/}, every root, and the newest targets.
 */
public final class TrustFolder {

  private static final String KEY_SUFFIX = ".pem";

  /** A key that is to replace another as soon as metadata names it. */
  private static final String NEXT = ".next";

  /** More offline keys nobody keeps apart. */
  static final int MOST_ROOT_KEYS = 16;

  private final Path folder;

  public TrustFolder(Path folder) {
    this.folder = folder;
  }

  /** Whether a repository was begun here. */
  public boolean hasRepository() {
    return Files.exists(firstRoot());
  }

  /** The newest root, the file that devices are given. */
  public Path trustedRoot() {
    return metadata().resolve("root.json");
  }

  /** The first root, from which a client can follow to the newest. */
  public Path firstRoot() {
    return rootFile(1);
  }

  /** Where the offline keys lie until they are taken away. */
  public Path offlineKeys() {
    return folder.resolve("root");
  }

  /** The file of an offline key, the first of which is 1. */
  Path rootKey(int number) {
    return offlineKeys().resolve("root-" + number + KEY_SUFFIX);
  }

  /** The file of the key of any other role. */
  public Path key(String role) {
    return folder.resolve("keys").resolve(role + KEY_SUFFIX);
  }

  /** Whether the key of a role is here; of the root, whether any of its keys is. */
  public boolean holdsKey(String role) {
    return role.equals(TopLevelRole.ROOT.text())
        ? IntStream.rangeClosed(1, MOST_ROOT_KEYS).anyMatch(i -> Files.exists(rootKey(i)))
        : Files.exists(key(role));
  }

  /** Every root from the first on. */
  public List<SignedMetadata<Root>> roots() throws IOException, KeyException {
    List<SignedMetadata<Root>> roots = new ArrayList<>();
    try {
      for (int i = 1; Files.exists(rootFile(i)); i++) {
        roots.add(SignedMetadata.root(Files.readAllBytes(rootFile(i))));
      }
    } catch (MalformedMetadataException e) {
      throw new KeyException(metadata() + " is damaged: " + e.getMessage(), e);
    }
    if (roots.isEmpty()) {
      throw new KeyException(
          "There is no repository in " + folder + "; begin with keys init", null);
    }
    return roots;
  }

  /** The newest top-level targets. */
  public SignedMetadata<Targets> targets() throws IOException, KeyException {
    Path file = metadata().resolve("targets.json");
    if (!Files.exists(file)) {
      throw new KeyException("There is no " + file, null);
    }
    try {
      return SignedMetadata.targets(TopLevelRole.TARGETS.text(), Files.readAllBytes(file));
    } catch (MalformedMetadataException e) {
      throw new KeyException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  void writeRoot(long version, byte[] root) throws IOException {
    PrivateFolders.create(metadata());
    AtomicFiles.replace(rootFile(version), root);
    AtomicFiles.replace(trustedRoot(), root);
  }

  void writeTargets(byte[] targets) throws IOException {
    PrivateFolders.create(metadata());
    AtomicFiles.replace(metadata().resolve("targets.json"), targets);
  }

  /** Prepares a key that takes a file's place with {@link #settle}. */
  void prepare(Path file, SigningKey key, List<Key> predecessors) throws IOException, KeyException {
    KeyFile.create(next(file), key, predecessors);
  }

  /**
   * Puts prepared keys that metadata names in their place, and deletes the others: after a change,
   * and after one that a crash cut short.
   *
   * @param named ids of all keys that metadata names
   */
  void settle(Set<String> named) throws IOException, KeyException {
    for (Path directory : List.of(offlineKeys(), folder.resolve("keys"))) {
      for (Path prepared : prepared(directory)) {
        if (named.contains(KeyFile.read(prepared).signingKey().key().id())) {
          String name = prepared.getFileName().toString();
          Files.move(
              prepared,
              prepared.resolveSibling(name.substring(0, name.length() - NEXT.length())),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        } else {
          Files.delete(prepared);
        }
      }
    }
  }

  private static List<Path> prepared(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(directory, "*" + KEY_SUFFIX + NEXT)) {
        found.forEach(files::add);
      }
    }
    return files;
  }

  private static Path next(Path file) {
    return file.resolveSibling(file.getFileName() + NEXT);
  }

  private Path rootFile(long version) {
    return metadata().resolve(version + ".root.json");
  }

  private Path metadata() {
    return folder.resolve("metadata");
  }
}
