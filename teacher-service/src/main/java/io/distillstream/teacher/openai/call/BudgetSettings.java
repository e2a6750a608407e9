package io.distillstream.teacher.openai.call;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What may be spent.
 *
 * @param tokensPerMinute prompt and completion together; 0: without limit
 * @param perDay in the currency of the prices, for a day of UTC; 0: without limit
 * @param promptPrice of a million tokens
 * @param completionPrice of a million tokens
 * @param ledger where the day's expenses outlast a restart; empty: nowhere
 */
public record BudgetSettings(
    long tokensPerMinute,
    double perDay,
    double promptPrice,
    double completionPrice,
    Optional<Path> ledger) {

  private static final double MILLION = 1e6;

  /** No limit, and no prices. */
  public static final BudgetSettings NONE = new BudgetSettings(0, 0, 0, 0, Optional.empty());

  double cost(long promptTokens, long completionTokens) {
    return (promptTokens * promptPrice + completionTokens * completionPrice) / MILLION;
  }
}
