package io.distillstream.wire.payload;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A token that a language model chose, among those that it was most likely to choose. All
 * log-probabilities are natural; minus infinity stands for no probability at all.
 *
 * @param token its bytes, which need not be whole characters; not to be read from, only from
 *     duplicates
 * @param alternatives in falling order of probability, the chosen token mostly among them
 * @param tailLogMass log of the mass of all tokens that are no alternatives
 */
public record ScoredToken(
    ByteBuffer token, float logProbability, List<Alternative> alternatives, float tailLogMass) {

  /**
   * One that it might have chosen.
   *
   * @param token as of the chosen one
   */
  public record Alternative(ByteBuffer token, float logProbability) {}

  public ScoredToken {
    alternatives = List.copyOf(alternatives);
  }

  /** Which alternative was chosen, from 0; their number where it is none of them. */
  public int rank() {
    int rank = 0;
    while (rank < alternatives.size() && !alternatives.get(rank).token().equals(token)) {
      rank++;
    }
    return rank;
  }
}
