package io.distillstream.wire.trust;

import io.distillstream.avro.TrustFile;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The files of a repository as its topic has them: of each role the newest, and every root. Not
 * thread-safe.
 */
public final class TrustTopic {

  private static final String ROOT_SUFFIX = ".root.json";

  private final Codec<TrustFile> codec;
  private final Map<String, TrustFile> newest = new HashMap<>();

  /**
   * @param codec of the topic of this pipeline
   */
  public TrustTopic(Codec<TrustFile> codec) {
    this.codec = codec;
  }

  /** The topic's full name. */
  public String name() {
    return codec.topic();
  }

  /** The record of a file. */
  public ProducerRecord<String, byte[]> record(String name, byte[] content) {
    return new ProducerRecord<>(
        codec.topic(), key(name), codec.encode(new TrustFile(name, ByteBuffer.wrap(content))));
  }

  /**
   * Takes over a record.
   *
   * @throws UndecodableRecordException if it holds no file, or one of another key; the one before
   *     stays
   */
  public void read(@Nullable String key, byte @Nullable [] value)
      throws UndecodableRecordException {
    TrustFile file = codec.decode(value);
    if (!key(file.getName()).equals(key)) {
      throw new UndecodableRecordException(
          codec.topic(), "the key of " + file.getName() + " is " + key, null);
    }
    newest.put(key, file);
  }

  /** A file's content by its name; null where it is not there, or no longer. */
  public byte @Nullable [] file(String name) {
    TrustFile file = newest.get(key(name));
    return file == null || !file.getName().equals(name) ? null : bytes(file.getContent());
  }

  /** All files by name. */
  public Map<String, byte[]> files() {
    Map<String, byte[]> files = new HashMap<>();
    newest.values().forEach(file -> files.put(file.getName(), bytes(file.getContent())));
    return files;
  }

  /** The bytes of a field, which stay to be read again. */
  public static byte[] bytes(ByteBuffer field) {
    byte[] bytes = new byte[field.remaining()];
    field.duplicate().get(bytes);
    return bytes;
  }

  /** Without the version ahead of it, which changes. */
  private static String key(String name) {
    return name.endsWith(ROOT_SUFFIX) ? name : name.replaceFirst("^[0-9]+\\.", "");
  }
}
