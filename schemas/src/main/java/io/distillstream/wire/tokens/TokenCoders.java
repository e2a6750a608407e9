package io.distillstream.wire.tokens;

import io.distillstream.wire.entropy.SymbolCoder;

/**
 * What codes each part of a table; all write to the same bytes, or read from them.
 *
 * @param dictionary texts of tokens, where they are mentioned first
 * @param mentions which tokens are mentioned, how many, and which of them was chosen
 * @param logProbabilities of alternatives, of the chosen token, and of all others
 */
public record TokenCoders(
    SymbolCoder dictionary, SymbolCoder mentions, SymbolCoder logProbabilities) {

  /** The same for all parts. */
  public static TokenCoders of(SymbolCoder coder) {
    return new TokenCoders(coder, coder, coder);
  }
}
