package io.distillstream.teacher.openai.call;

import static java.util.Objects.requireNonNull;

import io.distillstream.runtime.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts calls. */
public final class CallMetrics implements CallListener {

  private final Map<Outcome, Counter> calls = new EnumMap<>(Outcome.class);
  private final Counter repeated;
  private final Counter promptTokens;
  private final Counter completionTokens;
  private final Counter cost;

  public CallMetrics(StageMetrics stage, GuardedUpstream upstream) {
    for (Outcome outcome : Outcome.values()) {
      String name = outcome.name().toLowerCase(Locale.ROOT);
      calls.put(
          outcome,
          stage.counter(
              "teacher_upstream_calls_" + name,
              "teacher_upstream_calls",
              Tags.of("outcome", name),
              "Calls of the language model's server, each with all its attempts, by how they"
                  + " ended."));
    }
    repeated =
        stage.counter(
            "teacher_upstream_retries",
            "Attempts of such calls that failed and were followed by another one.");
    promptTokens = tokens(stage, "prompt");
    completionTokens = tokens(stage, "completion");
    cost =
        stage.counter(
            "teacher_upstream_cost",
            "What calls of the language model's server cost by the prices in the settings.");
    stage.gauge(
        "teacher_upstream_cost_today",
        "What they have cost since 00:00 UTC, as the day's budget counts it.",
        upstream::spentToday);
    stage.gauge(
        "teacher_upstream_breaker_open",
        "1 while the circuit breaker lets no call of the language model's server through, else 0.",
        () -> upstream.breakerOpen() ? 1 : 0);
  }

  private static Counter tokens(StageMetrics stage, String kind) {
    return stage.counter(
        "teacher_upstream_tokens_" + kind,
        "teacher_upstream_tokens",
        Tags.of("kind", kind),
        "Tokens of such calls, as the server counts them, or guessed where it does not tell.");
  }

  @Override
  public void ended(Outcome outcome) {
    requireNonNull(calls.get(outcome)).increment();
  }

  @Override
  public void repeated() {
    repeated.increment();
  }

  @Override
  public void used(long prompt, long completion, double price) {
    promptTokens.increment((double) prompt);
    completionTokens.increment((double) completion);
    cost.increment(price);
  }
}
