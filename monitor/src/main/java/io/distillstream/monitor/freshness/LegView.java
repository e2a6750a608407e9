package io.distillstream.monitor.freshness;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.LegTimes;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.wire.payload.DurationHistogram;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the time goes between a request and a device that has learned from it.
 *
 * <p>A device that goes from one version to another learns the records of all checkpoints between
 * them: those with what the trainer says of their way, and all with the way of the version that was
 * installed. So the legs of an installation add up to its freshness, record by record.
 */
final class LegView {

  private static final int MAX_CHECKPOINTS = 5_000;
  private static final int MAX_UPDATES = 5_000;

  /** Reports that are read before what they are of, since topics are read side by side. */
  private static final int MAX_WAITING = 1_000;

  private static final int SLICES = 10;

  /** The way into a checkpoint. */
  private record Trained(LegTimes legs, long records, Instant at) {}

  /** The way out of the quantizer. */
  private record Published(@Nullable Instant quantizedAt, Instant at) {}

  /** A device that went from one version, 0 if that is not known, to another. */
  private record Installation(String channel, long before, long version, Instant at) {}

  /** What was installed within a span that begins then. */
  private record Slice(Instant from, LegDurations legs) {}

  private final NavigableMap<Long, Trained> checkpoints = new TreeMap<>();

  /** By channel and version. */
  private final Map<String, NavigableMap<Long, Published>> updates = new HashMap<>();

  private final Deque<Installation> waiting = new ArrayDeque<>();
  private final LegDurations overall = new LegDurations();
  private final Deque<Slice> slices = new ArrayDeque<>();
  private final Duration recent;

  /**
   * @param recent span of the recent figures
   */
  LegView(Duration recent) {
    this.recent = recent;
  }

  void checkpoint(Checkpoint checkpoint) {
    LegTimes legs = checkpoint.getLegTimes();
    if (legs != null) {
      long records = DurationHistogram.from(legs.getCheckpointed()).records();
      checkpoints.putIfAbsent(
          checkpoint.getVersion(), new Trained(legs, records, checkpoint.getCreatedAt()));
      if (checkpoints.size() > MAX_CHECKPOINTS) {
        checkpoints.pollFirstEntry();
      }
      settle();
    }
  }

  /** One that is published once more counts from the first time. */
  void update(ModelUpdate update) {
    NavigableMap<Long, Published> published = published(update.getChannel());
    published.putIfAbsent(
        update.getVersion(), new Published(update.getQuantizedAt(), update.getPublishedAt()));
    if (published.size() > MAX_UPDATES) {
      published.pollFirstEntry();
    }
    settle();
  }

  /**
   * A device began to answer with a version.
   *
   * @param before what it answered with until then; null where that is not known
   */
  void installed(DeviceReport report, @Nullable Long before) {
    waiting.addLast(
        new Installation(
            report.getChannel(), before == null ? 0 : before, report.getVersion(), report.getAt()));
    if (waiting.size() > MAX_WAITING) {
      waiting.removeFirst();
    }
    settle();
  }

  private void settle() {
    for (Iterator<Installation> each = waiting.iterator(); each.hasNext(); ) {
      Installation installation = each.next();
      Published published = published(installation.channel()).get(installation.version());
      if (published != null && checkpoints.containsKey(installation.version())) {
        each.remove();
        LegDurations legs = legs(installation, published);
        overall.add(legs);
        slice(installation.at()).add(legs);
      }
    }
  }

  private LegDurations legs(Installation installation, Published published) {
    LegDurations legs = new LegDurations();
    long from = installation.before() > 0 ? installation.before() : publishedBefore(installation);
    checkpoints
        .subMap(Math.min(from, installation.version()), false, installation.version(), true)
        .values()
        .forEach(trained -> add(legs, trained, published, installation.at()));
    return legs;
  }

  /** What a device that is new has not learned is the newest version's own share. */
  private long publishedBefore(Installation installation) {
    Long before = published(installation.channel()).lowerKey(installation.version());
    return before == null ? installation.version() - 1 : before;
  }

  private NavigableMap<Long, Published> published(String channel) {
    return updates.computeIfAbsent(channel, any -> new TreeMap<>());
  }

  private static void add(LegDurations legs, Trained trained, Published published, Instant at) {
    legs.add(Leg.LABELLED, trained.legs().getLabelled());
    legs.add(Leg.JOINED, trained.legs().getJoined());
    legs.add(Leg.TRAINED, trained.legs().getTrained());
    legs.add(Leg.CHECKPOINTED, trained.legs().getCheckpointed());
    Instant since = trained.at();
    Instant quantizedAt = published.quantizedAt();
    if (quantizedAt != null) {
      legs.add(Leg.QUANTIZED, Duration.between(since, quantizedAt), trained.records());
      since = quantizedAt;
    }
    legs.add(Leg.PUBLISHED, Duration.between(since, published.at()), trained.records());
    legs.add(Leg.INSTALLED, Duration.between(published.at(), at), trained.records());
  }

  /** Reports come in about their order; one that is late counts with the newest. */
  private LegDurations slice(Instant at) {
    Slice newest = slices.peekLast();
    if (newest == null || !at.isBefore(newest.from().plus(recent.dividedBy(SLICES)))) {
      newest = new Slice(at, new LegDurations());
      slices.addLast(newest);
      if (slices.size() > SLICES + 1) {
        slices.removeFirst();
      }
    }
    return newest.legs();
  }

  /** Of all installations. */
  LegDurations overall() {
    return overall;
  }

  /** Of those of the recent span, give or take a tenth of it. */
  LegDurations recent(Instant now) {
    LegDurations lately = new LegDurations();
    slices.removeIf(slice -> slice.from().isBefore(now.minus(recent)));
    slices.forEach(slice -> lately.add(slice.legs()));
    return lately;
  }
}
