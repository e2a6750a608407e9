package io.distillstream.delta;

import java.io.IOException;

/**
 * One end of an arithmetic code. Models are written once for both ends: they ask to code a bit, and
 * go on with the bit that was coded, which the encoder was given and the decoder found.
 */
interface BinaryCoder {

  /**
   * Codes one bit.
   *
   * @param bit what an encoder writes; a decoder ignores it
   * @param one probability of 1, in units of 2^-16, from 1 to 65,535
   * @return the bit that was written or read
   */
  int code(int bit, int one) throws IOException;
}
