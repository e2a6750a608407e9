package io.distillstream.device.disk;

import static io.distillstream.device.disk.WatchedPath.real;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Does what the default provider does, and tells the {@link Disk} of each change. */
final class WatchedProvider extends FileSystemProvider {

  private final FileSystemProvider provider = FileSystems.getDefault().provider();
  private final Disk disk;

  WatchedProvider(Disk disk) {
    this.disk = disk;
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path file = real(path);
    if (options.contains(StandardOpenOption.DELETE_ON_CLOSE)) {
      throw new UnsupportedOperationException("delete on close");
    }
    boolean creates =
        options.contains(StandardOpenOption.CREATE_NEW)
            || (options.contains(StandardOpenOption.CREATE) && !Files.exists(file));
    boolean truncates =
        options.contains(StandardOpenOption.TRUNCATE_EXISTING)
            && !creates
            && Files.exists(file)
            && Files.size(file) > 0;
    if (creates || truncates) {
      disk.before((creates ? "create " : "empty ") + file.getFileName());
    }
    FileChannel channel = provider.newFileChannel(file, options, attributes);
    if (Files.isDirectory(file)) {
      return WatchedChannel.ofFolder(disk, channel, file);
    }
    Disk.Inode inode = creates ? disk.created(file) : disk.inode(file);
    if (truncates) {
      disk.written(inode, file);
    }
    return WatchedChannel.ofFile(disk, channel, file, inode);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public void delete(Path path) throws IOException {
    Path file = real(path);
    if (Files.exists(file)) {
      disk.before("delete " + file.getFileName());
    }
    provider.delete(file);
    disk.deleted(file);
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    Path to = real(target);
    disk.before("copy " + source.getFileName() + " to " + to.getFileName());
    boolean there = Files.exists(to);
    provider.copy(real(source), to, options);
    disk.written(there ? disk.inode(to) : disk.created(to), to);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Path from = real(source);
    Path to = real(target);
    disk.before("move " + from.getFileName() + " to " + to.getFileName());
    provider.move(from, to, options);
    disk.moved(from, to);
  }

  /** Of folders that are there. */
  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    provider.createDirectory(real(path), attributes);
    throw new UnsupportedOperationException("A new folder: " + path);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(real(folder))) {
      for (Path file : files) {
        Path watched = folder.resolve(file.getFileName().toString());
        if (filter.accept(watched)) {
          found.add(watched);
        }
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return found.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    provider.checkAccess(real(path), modes);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return provider.readAttributes(real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return provider.readAttributes(real(path), attributes, options);
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return provider.isSameFile(real(path), real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return provider.isHidden(real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return provider.getFileStore(real(path));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String getScheme() {
    return "watched";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }
}
