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

  void add(List<HttpText> texts, long nowNanos) {
    texts.forEach(
        text -> (text.recorded() ? recorded : unrecorded).add(new Waiting(text, nowNanos)));
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

  /** Since when the first of the texts that may go on has waited; there must be one. */
  long sinceNanos(boolean recordedToo) {
    return first(recordedToo).element().sinceNanos();
  }

  /** Takes the first of the texts that may go on; there must be as many. */
  List<HttpText> take(int count, boolean recordedToo) {
    List<HttpText> texts = new ArrayList<>(count);
    while (texts.size() < count) {
      texts.add(first(recordedToo).remove().text());
    }
    return texts;
  }

  List<HttpText> clear() {
    List<HttpText> texts =
        Stream.concat(recorded.stream(), unrecorded.stream()).map(Waiting::text).toList();
    recorded.clear();
    unrecorded.clear();
    return texts;
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
