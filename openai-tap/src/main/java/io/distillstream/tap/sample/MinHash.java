package io.distillstream.tap.sample;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import com.dynatrace.hash4j.similarity.ElementHashProvider;
import com.dynatrace.hash4j.similarity.SimilarityHashPolicy;
import com.dynatrace.hash4j.similarity.SimilarityHasher;
import com.dynatrace.hash4j.similarity.SimilarityHashing;

/**
 * Signatures of texts, of which the share of equal components estimates the Jaccard similarity of
 * the sets of all runs of {@value #SHINGLE} bytes: Broder, On the resemblance and containment of
 * documents, 1997. For a similarity s its standard deviation is {@code sqrt(s (1 - s) / 128)},
 * 0.027 at 0.9. Made by hash4j's SuperMinHash (Ertl, 2017), whose time hardly depends on the number
 * of components where a text is long. Not thread-safe.
 */
final class MinHash {

  static final int COMPONENTS = 128;

  /** Of which two that differ are the same once in 65,536. */
  private static final int COMPONENT_BYTES = 2;

  static final int SIGNATURE_BYTES = COMPONENTS * COMPONENT_BYTES;

  /** Short enough for a word that was changed to leave most runs as they are. */
  static final int SHINGLE = 8;

  private static final SimilarityHashPolicy POLICY =
      SimilarityHashing.superMinHash(COMPONENTS, COMPONENT_BYTES * Byte.SIZE);

  private static final Hasher64 HASH = Hashing.komihash5_0();

  private final SimilarityHasher hasher = POLICY.createHasher();

  /**
   * Of a text in UTF-8; one that is shorter than a run is its only one.
   *
   * @return {@value #SIGNATURE_BYTES} bytes
   */
  byte[] signature(byte[] text) {
    int length = Math.min(SHINGLE, text.length);
    return hasher.compute(
        ElementHashProvider.ofFunction(
            at -> HASH.hashBytesToLong(text, at, length), text.length - length + 1));
  }

  /** Estimated Jaccard similarity, in [0, 1]. */
  static double similarity(byte[] one, byte[] other) {
    return POLICY.getFractionOfEqualComponents(one, other);
  }

  /** Of a run of components, equal where these are; others are so once in 2^64. */
  static long hash(byte[] signature, int from, int components) {
    return HASH.hashBytesToLong(signature, from * COMPONENT_BYTES, components * COMPONENT_BYTES);
  }

  static long hash(byte[] bytes) {
    return HASH.hashBytesToLong(bytes);
  }
}
