package io.distillstream.gateway.store;

import io.distillstream.foundation.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is sent under one name: a file of the store, bytes in memory, or a file between bytes in
 * memory. Immutable.
 */
public final class Download {

  private static final byte[] NOTHING = {};

  private final byte[] head;
  private final @Nullable StoredFile file;
  private final byte[] tail;
  private final String tag;

  private Download(byte[] head, @Nullable StoredFile file, byte[] tail, String tag) {
    this.head = head;
    this.file = file;
    this.tail = tail;
    this.tag = tag;
  }

  /** A file of the store. */
  public static Download of(StoredFile file) {
    return new Download(NOTHING, file, NOTHING, file.sha256());
  }

  /**
   * Bytes in memory.
   *
   * @param bytes taken over
   * @param sha256 of them
   */
  public static Download of(byte[] bytes, String sha256) {
    return new Download(bytes, null, NOTHING, sha256);
  }

  /**
   * A file between bytes in memory.
   *
   * @param head taken over
   * @param tail taken over
   */
  public static Download around(byte[] head, StoredFile file, byte[] tail) {
    MessageDigest digest = Sha256.digest();
    digest.update(head);
    digest.update(file.sha256().getBytes(StandardCharsets.US_ASCII));
    digest.update(tail);
    return new Download(head, file, tail, Sha256.hex(digest));
  }

  /** Other bytes have another one; 64 hexadecimal digits. */
  public String tag() {
    return tag;
  }

  public long sizeBytes() {
    return head.length + fileBytes() + tail.length;
  }

  /** The file, where that is all. */
  public Optional<Path> wholeFile() {
    return head.length == 0 && tail.length == 0
        ? Optional.ofNullable(file).map(StoredFile::path)
        : Optional.empty();
  }

  /**
   * The bytes from one on; the caller closes the stream.
   *
   * @param first from 0 to the size
   * @throws IOException if the file cannot be read
   */
  public InputStream open(long first) throws IOException {
    List<InputStream> parts =
        List.of(
            from(head, first),
            openFile(first - head.length),
            from(tail, first - head.length - fileBytes()));
    return new SequenceInputStream(Collections.enumeration(parts));
  }

  private long fileBytes() {
    return file == null ? 0 : file.sizeBytes();
  }

  private static InputStream from(byte[] bytes, long first) {
    int offset = Math.toIntExact(Math.min(Math.max(first, 0), bytes.length));
    return new ByteArrayInputStream(bytes, offset, bytes.length - offset);
  }

  private InputStream openFile(long first) throws IOException {
    if (file == null || first >= file.sizeBytes()) {
      return InputStream.nullInputStream();
    }
    SeekableByteChannel channel = Files.newByteChannel(file.path());
    return Channels.newInputStream(channel.position(Math.max(first, 0)));
  }
}
