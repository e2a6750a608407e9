package io.distillstream.wire.payload;

import java.nio.ByteBuffer;

/** A teacher's vector of a whole input as IEEE 754 binary16, little-endian. */
public final class EmbeddingCodec {

  private EmbeddingCodec() {}

  /**
   * Encodes a vector.
   *
   * @param embedding {@code [dimension]}, finite
   */
  public static ByteBuffer encode(float[] embedding) {
    for (float value : embedding) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("An embedding has value " + value);
      }
    }
    return Halves.write(embedding);
  }

  /**
   * Decodes a vector.
   *
   * @return {@code [dimension]}
   * @throws IllegalArgumentException if the length is odd or a value is not finite
   */
  public static float[] decode(ByteBuffer embedding) {
    return Halves.read("Embedding values", embedding, embedding.remaining() / Short.BYTES);
  }
}
