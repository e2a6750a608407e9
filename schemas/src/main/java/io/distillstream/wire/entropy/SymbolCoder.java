package io.distillstream.wire.entropy;

/**
 * Writes or reads symbols whose probabilities both sides know. A model calls the same methods in
 * the same order in both directions: where symbols are read, what is handed in counts for nothing
 * and what is returned is the symbol that was written.
 */
public interface SymbolCoder {

  /** Probabilities of bits are of this many. */
  int PROBABILITY_BITS = 16;

  /**
   * A bit.
   *
   * @param bit 0 or 1
   * @param probability that it is 1, from 1 to 65,535 of 65,536
   */
  int bit(int bit, int probability);

  /**
   * An entry of a table.
   *
   * @param entry whose frequency is not 0
   * @param frequencies with a total from 1 to 2^24; the smaller, the closer to what is ideal
   */
  int entry(int entry, Frequencies frequencies);
}
