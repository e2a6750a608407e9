package io.distillstream.chaos.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was found against each promise. Thread-safe. */
public final class Evidence {
  private static final int MOST_KEPT = 20;

  private final Map<Promise, List<String>> found = new EnumMap<>(Promise.class);
  private final Map<Promise, String> notJudged = new EnumMap<>(Promise.class);
  private final Map<Promise, Integer> counts = new EnumMap<>(Promise.class);

  /** Tells of a breach; of many, the first are kept. */
  public synchronized void against(Promise promise, String what) {
    counts.merge(promise, 1, Integer::sum);
    List<String> kept = found.computeIfAbsent(promise, p -> new ArrayList<>());
    if (kept.size() < MOST_KEPT) {
      kept.add(what);
    }
  }

  /** Tells why nothing can be said of a promise. */
  public synchronized void notJudged(Promise promise, String why) {
    notJudged.putIfAbsent(promise, why);
  }

  /** Why nothing can be said of a promise; empty if it was judged. */
  public synchronized Optional<String> notJudged(Promise promise) {
    return Optional.ofNullable(notJudged.get(promise));
  }

  /** How often the promise was broken. */
  public synchronized int count(Promise promise) {
    return counts.getOrDefault(promise, 0);
  }

  public synchronized List<String> of(Promise promise) {
    return List.copyOf(found.getOrDefault(promise, List.of()));
  }

  /** Whether every promise was judged, and none was broken. */
  public synchronized boolean isEmpty() {
    return counts.isEmpty() && notJudged.isEmpty();
  }
}
