package io.distillstream.tap.metrics;

import io.distillstream.avro.Completion;
import io.distillstream.avro.TokenTable;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.runtime.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts in the metrics of a stage. Thread-safe. */
public final class TapMetrics {

  private static final String USABLE = "usable";

  private final AtomicInteger open = new AtomicInteger();
  private final Counter exchanges;
  private final Counter failures;
  private final Counter tokens;
  private final Counter usable;
  private final Counter published;
  private final Counter lost;
  private final Counter redactions;
  private final Counter damaged;
  private final Map<TokensUnusable, Counter> unusable = new EnumMap<>(TokensUnusable.class);
  private final Map<Unrecorded, Counter> unrecorded = new EnumMap<>(Unrecorded.class);
  private final Map<Unrecorded, Counter> thinned = new EnumMap<>(Unrecorded.class);

  public TapMetrics(StageMetrics stage) {
    stage.gauge("tap_open_exchanges", "Requests that are being answered now.", open::get);
    exchanges = stage.counter("tap_exchanges", "Requests for completions that clients sent.");
    failures =
        stage.counter(
            "tap_upstream_failures",
            "Requests of any kind that the upstream did not answer, or not to the end.");
    tokens = stage.counter("tap_tokens", "Tokens recorded with their alternatives.");
    published =
        stage.counter(
            "tap_completions_published", "Completions that all replicas of their topic have.");
    lost =
        stage.counter(
            "tap_completions_lost",
            "Completions of the journal that the brokers refused for good.");
    redactions = stage.counter("tap_redactions", "Passages replaced before they were recorded.");
    damaged =
        stage.counter(
            "tap_journal_damaged", "Files of the journal that could not be read to their end.");
    usable = completions(stage, USABLE);
    for (TokensUnusable reason : TokensUnusable.values()) {
      unusable.put(reason, completions(stage, text(reason)));
    }
    for (Unrecorded reason : Unrecorded.values()) {
      unrecorded.put(
          reason,
          stage.counter(
              "tap_unrecorded_" + reason.text(),
              "tap_exchanges_unrecorded",
              Tags.of("reason", reason.text()),
              "Requests for completions that left no record, by reason."));
    }
    for (Unrecorded reason : List.of(Unrecorded.FREQUENT_LABEL, Unrecorded.SURE)) {
      thinned.put(
          reason,
          stage.counter(
              "tap_thinned_" + reason.text(),
              "tap_exchanges_thinned",
              Tags.of("reason", reason.text()),
              "Requests for completions of which only a share is recorded for this reason, recorded"
                  + " or not."));
    }
  }

  private static Counter completions(StageMetrics stage, String tokens) {
    return stage.counter(
        "tap_completions_" + tokens,
        "tap_completions",
        Tags.of("tokens", tokens),
        "Completions written to the journal, by whether they are of use for training on tokens, or why not.");
  }

  private static String text(TokensUnusable reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A request begins to be answered. */
  public void opened() {
    open.incrementAndGet();
  }

  /** It was answered, or will not be. */
  public void closed() {
    open.decrementAndGet();
  }

  /** A client asks for a completion. */
  public void exchange() {
    exchanges.increment();
  }

  /** The upstream did not answer, or broke off. */
  public void upstreamFailed() {
    failures.increment();
  }

  /** An exchange leaves no record. */
  public void unrecorded(Unrecorded reason) {
    counter(unrecorded, reason).increment();
  }

  /**
   * An exchange is one of those of which only a share is recorded.
   *
   * @param reason a frequent label, or a model that was sure
   */
  public void thinned(Unrecorded reason) {
    counter(thinned, reason).increment();
  }

  /** A completion is in the journal. */
  public void journaled(Completion completion) {
    TokensUnusable why = completion.getTokensUnusable();
    TokenTable table = completion.getTokens();
    (why == null ? usable : counter(unusable, why)).increment();
    if (table != null) {
      tokens.increment(table.getTokens());
    }
    redactions.increment(completion.getRedactions());
  }

  /** A completion is on its topic. */
  public void published() {
    published.increment();
  }

  /** The brokers will never take a completion. */
  public void lost() {
    lost.increment();
  }

  /** A file of the journal ends in something else than a completion. */
  public void journalDamaged() {
    damaged.increment();
  }

  private static <E extends Enum<E>> Counter counter(Map<E, Counter> counters, E reason) {
    return Objects.requireNonNull(counters.get(reason));
  }
}
