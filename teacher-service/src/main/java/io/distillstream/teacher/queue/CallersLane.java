package io.distillstream.teacher.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * The callers' texts that wait, first in, first out.
 *
 * <p>Texts that are not recorded wait for no commit. They are kept apart from the others, so that
 * they can go on alone while commits are behind. Not thread-safe.
 */
final class CallersLane {

  private record Waiting(HttpText text, long sinceNanos) {}

  private final Deque<Waiting> recorded = new ArrayDeque<>();
  private final Deque<Waiting> unrecorded = new ArrayDeque<>();

  private long recordedCost;
  private long unrecordedCost;

  void add(List<HttpText> texts, long nowNanos) {
    for (HttpText text : texts) {
      (text.recorded() ? recorded : unrecorded).add(new Waiting(text, nowNanos));
      count(text, text.size());
    }
  }

  /** All texts that wait. */
  int size() {
    return recorded.size() + unrecorded.size();
  }

  /**
   * Texts that may go on.
   *
   * @param recordedToo whether those may that are to be recorded
   */
  int size(boolean recordedToo) {
    return recordedToo ? size() : unrecorded.size();
  }

  /** What the texts that may go on cost the model. */
  long cost(boolean recordedToo) {
    return recordedToo ? recordedCost + unrecordedCost : unrecordedCost;
  }

  /** Since when the first of the texts that may go on has waited; there must be one. */
  long sinceNanos(boolean recordedToo) {
    return first(recordedToo).element().sinceNanos();
  }

  /** What the first of all texts costs; there must be one. */
  int nextCost() {
    return first(true).element().text().size();
  }

  /** Takes the first of all texts; there must be one. */
  HttpText take() {
    return take(first(true));
  }

  /** Takes the first of the texts that are not recorded, as far as they fit. */
  List<HttpText> takeUnrecorded(WindowRoom room) {
    List<HttpText> texts = new ArrayList<>();
    while (!unrecorded.isEmpty() && room.take(unrecorded.element().text().size())) {
      texts.add(take(unrecorded));
    }
    return texts;
  }

  private HttpText take(Deque<Waiting> lane) {
    HttpText text = lane.remove().text();
    count(text, -text.size());
    return text;
  }

  List<HttpText> clear() {
    List<HttpText> texts =
        Stream.concat(recorded.stream(), unrecorded.stream()).map(Waiting::text).toList();
    recorded.clear();
    unrecorded.clear();
    recordedCost = 0;
    unrecordedCost = 0;
    return texts;
  }

  private void count(HttpText text, int cost) {
    if (text.recorded()) {
      recordedCost += cost;
    } else {
      unrecordedCost += cost;
    }
  }

  private Deque<Waiting> first(boolean recordedToo) {
    if (!recordedToo || recorded.isEmpty()) {
      return unrecorded;
    }
    // Differences, because nanoTime may overflow.
    boolean recordedFirst =
        unrecorded.isEmpty()
            || recorded.element().sinceNanos() - unrecorded.element().sinceNanos() <= 0;
    return recordedFirst ? recorded : unrecorded;
  }
}
