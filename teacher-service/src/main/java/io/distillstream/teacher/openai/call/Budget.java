package io.distillstream.teacher.openai.call;

import io.distillstream.teacher.Unavailability;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/**
 * Tokens per minute and money per day. What a call costs is known only when it is answered, so a
 * call may begin while a token is left, and calls that overrun delay the next ones. Thread-safe.
 */
final class Budget {

  private static final double MILLIS_PER_MINUTE = 60_000;
  private static final Duration LEDGER_RETRY = Duration.ofSeconds(30);

  private final BudgetSettings settings;
  private final InstantSource clock;
  private final SpendLedger ledger;
  private double tokens;
  private Instant filledAt;
  private boolean ledgerBroken;

  Budget(BudgetSettings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.tokens = (double) settings.tokensPerMinute();
    this.filledAt = clock.instant();
    this.ledger = new SpendLedger(settings.ledger(), today());
  }

  /** Why no call may begin, and until when; empty if one may. */
  synchronized Optional<Unavailability> exhausted() {
    Instant now = clock.instant();
    if (ledgerBroken && !writes(0)) {
      return Optional.of(new Unavailability("its expenses cannot be written down", LEDGER_RETRY));
    }
    if (settings.perDay() > 0 && ledger.spentOn(today()) >= settings.perDay()) {
      Instant midnight = today().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
      return Optional.of(
          new Unavailability(
              String.format(
                  Locale.ROOT,
                  "the day's budget of %.2f is spent; the next day begins at 00:00 UTC",
                  settings.perDay()),
              Duration.between(now, midnight)));
    }
    if (settings.tokensPerMinute() > 0) {
      refill(now);
      if (tokens < 1) {
        long millis =
            (long)
                Math.ceil((1 - tokens) * MILLIS_PER_MINUTE / (double) settings.tokensPerMinute());
        return Optional.of(
            new Unavailability(
                "the budget of %d tokens a minute is spent".formatted(settings.tokensPerMinute()),
                Duration.ofMillis(millis)));
      }
    }
    return Optional.empty();
  }

  /**
   * Books a call.
   *
   * @return what it cost
   */
  synchronized double spend(long promptTokens, long completionTokens) {
    refill(clock.instant());
    tokens -= promptTokens + completionTokens;
    double cost = settings.cost(promptTokens, completionTokens);
    ledgerBroken = !writes(cost);
    return cost;
  }

  synchronized double spentToday() {
    return ledger.spentOn(today());
  }

  private boolean writes(double cost) {
    try {
      ledger.add(today(), cost);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void refill(Instant now) {
    double millis = (double) Duration.between(filledAt, now).toMillis();
    double perMinute = (double) settings.tokensPerMinute();
    tokens = Math.min(perMinute, tokens + Math.max(0, millis) * perMinute / MILLIS_PER_MINUTE);
    filledAt = now;
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
