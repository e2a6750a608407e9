package io.distillstream.device.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Tells the {@link Disk} of what is written and forced. Owns the real channel. */
final class WatchedChannel extends FileChannel {

  private final Disk disk;
  private final FileChannel channel;
  private final Path file;
  private final Disk.@Nullable Inode inode;

  private WatchedChannel(Disk disk, FileChannel channel, Path file, Disk.@Nullable Inode inode) {
    this.disk = disk;
    this.channel = channel;
    this.file = file;
    this.inode = inode;
  }

  static WatchedChannel ofFile(Disk disk, FileChannel channel, Path file, Disk.Inode inode) {
    return new WatchedChannel(disk, channel, file, inode);
  }

  static WatchedChannel ofFolder(Disk disk, FileChannel channel, Path folder) {
    return new WatchedChannel(disk, channel, folder, null);
  }

  /** A write of the real channel. */
  private interface Write<T> {
    T run() throws IOException;
  }

  private <T> T write(String what, Write<T> write) throws IOException {
    disk.before(what + " " + file.getFileName());
    T result = write.run();
    if (inode != null) {
      disk.written(inode, file);
    }
    return result;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return write("write", () -> channel.write(source));
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    return write("write", () -> channel.write(source, position));
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    return write("write", () -> channel.write(sources, offset, length));
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    return write("write", () -> channel.transferFrom(source, position, count));
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    write("truncate", () -> channel.truncate(size));
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    if (inode != null) {
      disk.before("force " + file.getFileName());
      disk.forced(inode);
    } else {
      disk.before("force the folder");
      disk.forcedFolder();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return channel.read(target);
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return channel.read(target, position);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    return channel.read(targets, offset, length);
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return channel.transferTo(position, count, target);
  }

  @Override
  public long position() throws IOException {
    return channel.position();
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    channel.position(newPosition);
    return this;
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return channel.lock(position, size, shared);
  }

  @Override
  public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return channel.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    channel.close();
  }
}
