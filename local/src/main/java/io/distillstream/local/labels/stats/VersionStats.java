package io.distillstream.local.labels.stats;

import io.distillstream.avro.SoftLabel;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What a teacher's version said, added up. */
final class VersionStats {

  private static final double NATS_PER_BIN = 0.01;

  private final EntropyHistogram entropies = new EntropyHistogram(NATS_PER_BIN);
  private Instant earliest = Instant.MAX;
  private Instant latest = Instant.MIN;
  private Instant lastLabelled = Instant.MIN;
  private long labels;

  void add(SoftLabel label, double nats) {
    Instant received = label.getReceivedAt();
    earliest = received.isBefore(earliest) ? received : earliest;
    latest = received.isAfter(latest) ? received : latest;
    lastLabelled =
        label.getLabelledAt().isAfter(lastLabelled) ? label.getLabelledAt() : lastLabelled;
    labels++;
    entropies.add(nats);
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
            entropies.mean(),
            entropies.percentile(0.5),
            entropies.percentile(0.9)));
  }
}
