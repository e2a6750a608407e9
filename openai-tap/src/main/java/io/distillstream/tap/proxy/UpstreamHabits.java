package io.distillstream.tap.proxy;

import io.distillstream.tap.json.LogProbabilityEraser.Form;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of how the upstream answers questions of a kind: the form of an answer without
 * log-probabilities, which is seen and not guessed, and whether it refused to give any.
 * Thread-safe.
 */
final class UpstreamHabits {

  /** Clients name models as they like. */
  private static final int MOST_KINDS = 10_000;

  private final long refusalNanos;
  private final Map<Question.Kind, Form> forms = new ConcurrentHashMap<>();
  private final Map<Question.Kind, Long> refusals = new ConcurrentHashMap<>();

  /**
   * @param refusalMemory how long an upstream that refused is not asked again
   */
  UpstreamHabits(Duration refusalMemory) {
    this.refusalNanos = refusalMemory.toNanos();
  }

  /** How it writes a choice without log-probabilities; empty before one was seen. */
  Optional<Form> form(Question.Kind kind) {
    return Optional.ofNullable(forms.get(kind));
  }

  void learn(Question.Kind kind, Form form) {
    put(forms, kind, form);
  }

  void refused(Question.Kind kind) {
    put(refusals, kind, System.nanoTime());
  }

  boolean refuses(Question.Kind kind) {
    Long since = refusals.get(kind);
    return since != null && System.nanoTime() - since < refusalNanos;
  }

  private static <T> void put(Map<Question.Kind, T> map, Question.Kind kind, T value) {
    if (map.size() >= MOST_KINDS) {
      map.clear();
    }
    map.put(kind, value);
  }
}
