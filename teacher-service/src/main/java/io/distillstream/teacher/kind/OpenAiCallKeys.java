package io.distillstream.teacher.kind;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.openai.call.ApiKey;
import io.distillstream.teacher.openai.call.BudgetSettings;
import io.distillstream.teacher.openai.call.Patience;
import io.distillstream.teacher.openai.call.ServerSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The settings of {@link OpenAiClassifier}'s calls: time, repetition, concurrency and money. */
final class OpenAiCallKeys {

  private static final Setting<Duration> CONNECT_TIMEOUT =
      Setting.duration(
              "teacher.openai.connect-timeout",
              Duration.ofSeconds(5),
              "How long a connection to the server may take.")
          .between(Duration.ofMillis(10), Duration.ofMinutes(10));

  private static final Setting<Duration> TIMEOUT =
      Setting.duration(
              "teacher.openai.timeout",
              Duration.ofSeconds(30),
              "How long one call may take until its answer is whole.")
          .between(Duration.ofMillis(100), Duration.ofHours(1));

  private static final Setting<Integer> CONCURRENCY =
      Setting.integer("teacher.openai.concurrency", 8, "Calls at the same time.").between(1, 1_000);

  private static final Setting<Integer> ATTEMPTS =
      Setting.integer(
              "teacher.openai.attempts",
              4,
              "Attempts of a call that fails for want of time, connection or capacity.")
          .between(1, 20);

  private static final Setting<Duration> RETRY_PAUSE =
      Setting.duration(
              "teacher.openai.retry-pause",
              Duration.ofMillis(500),
              "The pause before the second attempt; each next is twice as long, all by up to half"
                  + " shorter or longer at random.")
          .between(Duration.ofMillis(10), Duration.ofMinutes(10));

  private static final Setting<Duration> MAX_RETRY_PAUSE =
      Setting.duration(
              "teacher.openai.max-retry-pause",
              Duration.ofSeconds(10),
              "The longest such pause; where the server asks for a longer one with Retry-After, or"
                  + " the budget needs one, the teacher is unavailable for as long.")
          .between(Duration.ofMillis(10), Duration.ofMinutes(10));

  private static final Setting<Integer> BREAKER_CALLS =
      Setting.integer(
              "teacher.openai.breaker-calls",
              20,
              "The newest attempts of which half must have failed for the circuit breaker to open.")
          .between(2, 10_000);

  private static final Setting<Duration> BREAKER_PAUSE =
      Setting.duration(
              "teacher.openai.breaker-pause",
              Duration.ofSeconds(15),
              "How long the open circuit breaker lets no call through.")
          .between(Duration.ofMillis(100), Duration.ofHours(1));

  private static final Setting<Long> TOKENS_PER_MINUTE =
      Setting.count(
              "teacher.openai.tokens-per-minute",
              0,
              "Tokens of prompts and answers that calls may use in a minute; 0: no limit.")
          .between(0L, 1L << 50);

  private static final Setting<Double> BUDGET_PER_DAY =
      Setting.decimal(
              "teacher.openai.budget-per-day",
              0,
              "What calls may cost from 00:00 to 24:00 UTC, in the currency of the prices; 0: no"
                  + " limit.")
          .between(0.0, 1e12);

  private static final Setting<Double> PROMPT_PRICE =
      Setting.decimal("teacher.openai.price-prompt", 0, "The price of a million tokens of prompts.")
          .between(0.0, 1e9);

  private static final Setting<Double> COMPLETION_PRICE =
      Setting.decimal(
              "teacher.openai.price-completion", 0, "The price of a million tokens of answers.")
          .between(0.0, 1e9);

  private static final Setting<String> BUDGET_FILE =
      Setting.text(
          "teacher.openai.budget-file",
          "",
          "The file in which the day's expenses outlast a restart, one for each process; empty: a"
              + " restart forgets them.");

  private OpenAiCallKeys() {}

  static List<Setting<?>> all() {
    return List.of(
        CONNECT_TIMEOUT,
        TIMEOUT,
        CONCURRENCY,
        ATTEMPTS,
        RETRY_PAUSE,
        MAX_RETRY_PAUSE,
        BREAKER_CALLS,
        BREAKER_PAUSE,
        TOKENS_PER_MINUTE,
        BUDGET_PER_DAY,
        PROMPT_PRICE,
        COMPLETION_PRICE,
        BUDGET_FILE);
  }

  /** What contradicts itself, if anything. */
  static Optional<String> problem(Settings settings) {
    if (settings.get(BUDGET_PER_DAY) > 0
        && settings.get(PROMPT_PRICE) + settings.get(COMPLETION_PRICE) <= 0) {
      return Optional.of(
          "%s is set, but %s and %s are 0: nothing would ever be spent"
              .formatted(BUDGET_PER_DAY.key(), PROMPT_PRICE.key(), COMPLETION_PRICE.key()));
    }
    if (settings.get(RETRY_PAUSE).compareTo(settings.get(MAX_RETRY_PAUSE)) > 0) {
      return Optional.of(
          "%s is longer than %s".formatted(RETRY_PAUSE.key(), MAX_RETRY_PAUSE.key()));
    }
    return Optional.empty();
  }

  static ServerSettings server(Settings settings, URI url, String path, ApiKey key) {
    return new ServerSettings(
        url,
        path,
        key,
        settings.get(CONNECT_TIMEOUT),
        settings.get(TIMEOUT),
        settings.get(CONCURRENCY));
  }

  static Patience patience(Settings settings) {
    return new Patience(
        settings.get(ATTEMPTS),
        settings.get(RETRY_PAUSE),
        settings.get(MAX_RETRY_PAUSE),
        settings.get(BREAKER_CALLS),
        settings.get(BREAKER_PAUSE));
  }

  static BudgetSettings budget(Settings settings) {
    String file = settings.get(BUDGET_FILE);
    return new BudgetSettings(
        settings.get(TOKENS_PER_MINUTE),
        settings.get(BUDGET_PER_DAY),
        settings.get(PROMPT_PRICE),
        settings.get(COMPLETION_PRICE),
        file.isEmpty() ? Optional.empty() : Optional.of(Path.of(file)));
  }
}
