package io.distillstream.openai;

import io.distillstream.avro.TokensUnusable;

/** Log-probabilities that say nothing of the tokens of their completion. */
public final class UnusableTokensException extends Exception {

  private static final long serialVersionUID = 1;

  private final TokensUnusable reason;

  UnusableTokensException(TokensUnusable reason) {
    // Upstreams with a quirk have it in each answer.
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  /** What is wrong with them. */
  public TokensUnusable reason() {
    return reason;
  }
}
