package io.distillstream.gateway.channel;

import io.distillstream.foundation.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** A document, mostly JSON, in the forms in which it is given out, made once. Immutable. */
public final class Document {

  private final byte[] json;
  private final byte[] gzip;
  private final String digest;

  /**
   * @param json taken over
   */
  public Document(byte[] json) {
    this.json = json;
    this.gzip = packed(json);
    this.digest = Sha256.hex(json);
  }

  /** As it is; not to be changed. */
  public byte[] json() {
    return json;
  }

  /** The same, compressed; not to be changed. */
  public byte[] gzip() {
    return gzip;
  }

  /** SHA-256 of {@link #json}. */
  public String digest() {
    return digest;
  }

  private static byte[] packed(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory cannot fail to be written", e);
    }
    return packed.toByteArray();
  }
}
