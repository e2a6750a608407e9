package io.distillstream.delta;

import java.io.IOException;

/** Bytes that the old file does not have, after those before them and beside similar ones of it. */
final class TextModel {
  private static final int VALUES = 1 << Byte.SIZE;
  private static final int HASHES = 1 << 16;

  /** What is expected where nothing is. */
  static final int NOTHING = VALUES;

  /** So many right expectations in a row count as many. */
  private static final int MOST_HITS = 3;

  private final BitPredictor predictor =
      new BitPredictor(MOST_HITS + 1, VALUES, VALUES * VALUES, HASHES, HASHES, HASHES);

  /** The bytes before, the newest lowest. */
  private int history;

  /** How many expectations were right in a row. */
  private int hits;

  /**
   * Codes a byte.
   *
   * @param value from 0 to 255, what an encoder writes; a decoder ignores it
   * @param expected the byte that may stand here, or {@link #NOTHING}
   */
  int code(BinaryCoder coder, int value, int expected) throws IOException {
    int node = 1;
    for (int shift = Byte.SIZE - 1; shift >= 0; shift--) {
      predictor.context(0, node);
      predictor.context(1, ((history & 0xff) << Byte.SIZE) | node);
      predictor.context(2, hash(history & 0xffff, node));
      predictor.context(3, hash((history & 0xffffff) | (1 << 24), node));
      predictor.context(4, hash(expected | (hits << 9) | (2 << 24), node));
      node = (node << 1) | predictor.code(coder, (value >> shift) & 1, hits);
    }
    int coded = node - VALUES;
    history = (history << Byte.SIZE) | coded;
    hits = coded == expected ? Math.min(hits + 1, MOST_HITS) : 0;
    return coded;
  }

  private static int hash(int bytes, int node) {
    return ((bytes * 0x2c1b3c6d + node * 0x297a2d39) * 0x7feb352d) >>> 16;
  }
}
