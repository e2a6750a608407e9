package io.distillstream.local.terminal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** The rate of a growing count over a recent span. Not thread-safe. */
final class RecentRate {

  private record Sample(Instant at, long count) {}

  private final Duration span;
  private final Deque<Sample> samples = new ArrayDeque<>();

  RecentRate(Duration span) {
    this.span = span;
  }

  /** Adds a sample; per second since the oldest one within the span, 0 for the first. */
  double at(Instant now, long count) {
    samples.addLast(new Sample(now, count));
    while (samples.size() > 2
        && Duration.between(samples.getFirst().at(), now).compareTo(span) > 0) {
      samples.removeFirst();
    }
    Sample oldest = samples.getFirst();
    double seconds = Duration.between(oldest.at(), now).toMillis() / 1e3;
    return seconds <= 0 ? 0 : (count - oldest.count()) / seconds;
  }
}
