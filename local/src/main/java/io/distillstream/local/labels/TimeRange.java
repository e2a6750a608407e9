package io.distillstream.local.labels;

import io.distillstream.local.terminal.CommandFailedException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose labels by the time at which their requests were received. */
final class TimeRange {

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = PointInTime.class,
      description =
          "Requests received then or later: 2026-01-31, 2026-01-31T12:00:00Z, or 7d for the last"
              + " seven days.")
  private @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = PointInTime.class,
      description = "Requests received before then.")
  private @Nullable Instant to;

  /** The first time; that of nothing if none is given. */
  Instant from() {
    Instant first = from == null ? Instant.EPOCH : from;
    if (to != null && !first.isBefore(to)) {
      throw new CommandFailedException(
          "--from %s --to %s: expected the first to be before the second".formatted(first, to));
    }
    return first;
  }

  boolean holds(Instant time) {
    return (from == null || !time.isBefore(from)) && (to == null || time.isBefore(to));
  }
}
