package io.distillstream.wire.tokens;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One token of a completion: numbers and texts that a {@link TokenModel} writes, or puts here as it
 * reads them. Codes of log-probabilities are 0 to 255.
 */
public final class TokenPosition {

  private static final ByteBuffer[] NO_TOKENS = {};

  /** How many alternatives there are. */
  int size;

  /** Which alternative was chosen, from 0; {@code size} where it is none of them. */
  int rank;

  /** {@code [size]}, and that of the chosen token where it is no alternative. */
  int[] codes;

  /** {@code [size]}, and the chosen token where it is no alternative. */
  ByteBuffer[] tokens;

  /** Code of the mass of all others. */
  int tail;

  /** One that is to be read. */
  TokenPosition() {
    codes = new int[0];
    tokens = NO_TOKENS;
  }

  /**
   * One that is to be written.
   *
   * @param size how many alternatives there are
   * @param rank which one was chosen, from 0; {@code size} where it is none of them
   * @param codes {@code [size]}, and that of the chosen token where it is none of them; kept
   * @param tokens {@code [size]}, and the chosen token where it is none of them; kept
   * @param tail code of the mass of all other tokens
   */
  public TokenPosition(int size, int rank, int[] codes, ByteBuffer[] tokens, int tail) {
    this.size = size;
    this.rank = rank;
    this.codes = codes;
    this.tokens = tokens;
    this.tail = tail;
  }

  public int size() {
    return size;
  }

  public int rank() {
    return rank;
  }

  public int code(int rank) {
    return codes[rank];
  }

  public ByteBuffer token(int rank) {
    return tokens[rank];
  }

  public int tail() {
    return tail;
  }

  /** Makes room for the alternative of a rank. */
  void reach(int rank) {
    if (rank >= codes.length) {
      int room = Math.max(16, 2 * rank);
      codes = Arrays.copyOf(codes, room);
      tokens = Arrays.copyOf(tokens, room);
    }
  }
}
