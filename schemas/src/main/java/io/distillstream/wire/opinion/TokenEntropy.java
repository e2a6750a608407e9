package io.distillstream.wire.opinion;

import io.distillstream.wire.payload.ScoredToken;
import java.util.Arrays;
import java.util.List;

/** How uncertain a language model was of its tokens, in nats. */
public final class TokenEntropy {

  private TokenEntropy() {}

  /**
   * Shannon's entropy of one choice: of the alternatives, of the chosen token where it is none of
   * them, and of all other tokens as if they were one, so that it is a lower bound.
   *
   * @return NaN where no token has any probability
   */
  public static double of(ScoredToken token) {
    int alternatives = token.alternatives().size();
    double[] logs = new double[alternatives + 2];
    Arrays.fill(logs, Double.NEGATIVE_INFINITY);
    double rest = Math.exp(token.tailLogMass());
    boolean listed = false;
    for (int i = 0; i < alternatives; i++) {
      logs[i] = token.alternatives().get(i).logProbability();
      listed |= token.alternatives().get(i).token().equals(token.token());
    }
    if (!listed) {
      logs[alternatives] = token.logProbability();
      rest -= Math.exp(token.logProbability());
    }
    logs[alternatives + 1] = Math.log(Math.max(0, rest));
    return LogMath.entropy(LogMath.normalized(logs));
  }

  /**
   * The mean over the tokens of a completion.
   *
   * @return NaN for none
   */
  public static double mean(List<ScoredToken> tokens) {
    return tokens.stream().mapToDouble(TokenEntropy::of).average().orElse(Double.NaN);
  }
}
