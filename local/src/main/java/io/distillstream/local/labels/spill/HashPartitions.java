package io.distillstream.local.labels.spill;

import io.distillstream.foundation.Sha256;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keyed values in temporary files, one for each part of the keys by their hash: the first half of a
 * hash join. Whoever partitions several inputs alike can join them part by part, with one part's
 * keys in memory. Each part keeps the order in which values came. Used by one thread.
 */
public final class HashPartitions implements Closeable {

  /** About as many values as one part may have; more parts than {@link #MOST} there are not. */
  public static final int VALUES = 100_000;

  private static final int MOST = 256;
  private static final int BUFFER_BYTES = 1 << 15;

  /** What reads a part. */
  @FunctionalInterface
  public interface Reader {
    /** Takes the next value. */
    void read(String key, byte[] value) throws IOException;
  }

  private final Path folder;
  private final String name;
  private final List<@Nullable DataOutputStream> files = new ArrayList<>();

  /**
   * Nothing is written yet.
   *
   * @param folder for the files; deleted by whoever made it
   * @param name of this input
   */
  public HashPartitions(Path folder, String name, int parts) {
    this.folder = folder;
    this.name = name;
    for (int part = 0; part < parts; part++) {
      files.add(null);
    }
  }

  /** In how many parts so many values are to be split. */
  public static int parts(long values) {
    return (int) Math.max(1, Math.min(MOST, (values + VALUES - 1) / VALUES));
  }

  /** Adds a value. */
  public void add(String key, byte[] value) throws IOException {
    int part = (int) Long.remainderUnsigned(Sha256.leadingLong(key), files.size());
    DataOutputStream file = files.get(part);
    if (file == null) {
      file =
          new DataOutputStream(
              new BufferedOutputStream(Files.newOutputStream(path(part)), BUFFER_BYTES));
      files.set(part, file);
    }
    byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
    file.writeInt(utf8.length);
    file.write(utf8);
    file.writeInt(value.length);
    file.write(value);
  }

  /** Hands over all values of a part; nothing may be added after that. */
  public void read(int part, Reader reader) throws IOException {
    DataOutputStream written = files.get(part);
    if (written == null) {
      return;
    }
    written.close();
    try (DataInputStream file =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(path(part)), BUFFER_BYTES))) {
      while (true) {
        int length = file.read();
        if (length < 0) {
          return;
        }
        length = length << 24 | file.readUnsignedByte() << 16 | file.readUnsignedShort();
        byte[] key = new byte[length];
        file.readFully(key);
        byte[] value = new byte[file.readInt()];
        file.readFully(value);
        reader.read(new String(key, StandardCharsets.UTF_8), value);
      }
    }
  }

  private Path path(int part) {
    return folder.resolve(name + "-" + part);
  }

  @Override
  public void close() throws IOException {
    for (DataOutputStream file : files) {
      if (file != null) {
        file.close();
      }
    }
  }
}
