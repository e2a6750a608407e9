package io.distillstream.wire.check;

import io.distillstream.avro.Completion;

/** What a language model answered. */
public final class CompletionChecks {

  private static final int MOST_CHOICES = 1 << 16;

  private CompletionChecks() {}

  public static void completion(Completion completion) {
    Require.name("exchange_id", completion.getExchangeId());
    Require.between("choice", completion.getChoice(), 0, MOST_CHOICES);
    Require.count("redactions", completion.getRedactions());
    Require.time("requested_at", completion.getRequestedAt());
    Require.time("first_byte_at", completion.getFirstByteAt());
    Require.time("answered_at", completion.getAnsweredAt());
    boolean tokens = completion.getTokens() != null;
    if (tokens == (completion.getTokensUnusable() != null)) {
      throw new IllegalArgumentException(
          "tokens_unusable is %s, expected %s"
              .formatted(
                  completion.getTokensUnusable(),
                  tokens ? "null beside tokens" : "a reason where there are no tokens"));
    }
    if (tokens) {
      Require.count("tokens.tokens", completion.getTokens().getTokens());
    }
  }
}
