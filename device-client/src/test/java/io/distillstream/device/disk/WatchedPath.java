package io.distillstream.device.disk;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A real path that leads to a {@link Disk}. Its text is that of the real one, so that native code
 * finds the file.
 */
record WatchedPath(WatchedFileSystem fileSystem, Path path) implements Path {

  static Path real(Path path) {
    return path instanceof WatchedPath watched ? watched.path : path;
  }

  private Path watched(Path other) {
    return new WatchedPath(fileSystem, other);
  }

  private @Nullable Path watchedOrNull(@Nullable Path other) {
    return other == null ? null : watched(other);
  }

  @Override
  public FileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return path.isAbsolute();
  }

  @Override
  public @Nullable Path getRoot() {
    return watchedOrNull(path.getRoot());
  }

  @Override
  public @Nullable Path getFileName() {
    return watchedOrNull(path.getFileName());
  }

  @Override
  public @Nullable Path getParent() {
    return watchedOrNull(path.getParent());
  }

  @Override
  public int getNameCount() {
    return path.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return watched(path.getName(index));
  }

  @Override
  public Path subpath(int beginIndex, int endIndex) {
    return watched(path.subpath(beginIndex, endIndex));
  }

  @Override
  public boolean startsWith(Path other) {
    return path.startsWith(real(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return path.endsWith(real(other));
  }

  @Override
  public Path normalize() {
    return watched(path.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return watched(path.resolve(real(other)));
  }

  @Override
  public Path relativize(Path other) {
    return watched(path.relativize(real(other)));
  }

  @Override
  public URI toUri() {
    return path.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return watched(path.toAbsolutePath());
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return watched(path.toRealPath(options));
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int compareTo(Path other) {
    return path.compareTo(real(other));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof WatchedPath watched && path.equals(watched.path);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(path);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
