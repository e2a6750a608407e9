package io.distillstream.local.labels.stats;

import io.distillstream.avro.SoftLabel;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What a teacher's version said, added up. */
final class VersionStats {

  private static final double NATS_PER_BIN = 0.01;

  private final long[] bins = new long[2_000];
  private Instant earliest = Instant.MAX;
  private Instant latest = Instant.MIN;
  private Instant lastLabelled = Instant.MIN;
  private long labels;
  private double entropy;

  void add(SoftLabel label, double nats) {
    Instant received = label.getReceivedAt();
    earliest = received.isBefore(earliest) ? received : earliest;
    latest = received.isAfter(latest) ? received : latest;
    lastLabelled =
        label.getLabelledAt().isAfter(lastLabelled) ? label.getLabelledAt() : lastLabelled;
    labels++;
    entropy += nats;
    bins[(int) Math.min(bins.length - 1, nats / NATS_PER_BIN)]++;
  }

  List<String> lines(String name) {
    return List.of(
        "",
        "teacher " + name,
        String.format(Locale.ROOT, "  %-38s %,12d", "labels", labels),
        "  requests received   %s to %s".formatted(earliest, latest),
        "  last labelled       %s".formatted(lastLabelled),
        String.format(
            Locale.ROOT,
            "  entropy, nats       mean %.2f, median %.2f, 90th percentile %.2f",
            entropy / labels,
            percentile(0.5),
            percentile(0.9)));
  }

  /** The middle of its bin. */
  private double percentile(double share) {
    long below = 0;
    int bin = 0;
    while (bin < bins.length - 1 && below + bins[bin] < share * labels) {
      below += bins[bin++];
    }
    return (bin + 0.5) * NATS_PER_BIN;
  }
}
