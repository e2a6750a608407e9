package io.distillstream.artifacts;

import io.distillstream.artifacts.retention.NamedArtifacts;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.LogStart;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.blob.DamagedBlobException;
import io.distillstream.wire.scan.Stretch;
import io.distillstream.wire.scan.TopicScan;
import io.distillstream.wire.transaction.TransactionException;
import io.distillstream.wire.update.ManifestMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes artifacts that no update names any more. All channels of a pipeline share the log of
 * artifacts, and any channel's cleaner serves all of them. Borrows the publisher; used by its
 * thread.
 */
final class ArtifactCleaner {
  private static final Logger log = LoggerFactory.getLogger(ArtifactCleaner.class);

  /** Between two cleanings, or as long as a replaced artifact is kept, where that is shorter. */
  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);

  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

  /** Sending artifacts again to free less is not worth the traffic. */
  private static final long WORTH_BYTES = 512L << 20;

  /** A channel that published nothing for so long has no quantizer that might publish meanwhile. */
  private static final Duration QUIET = Duration.ofDays(1);

  private final ServiceContext context;
  private final QuantizerSettings settings;
  private final UpdatePublisher publisher;
  private final Clock clock;
  private final Codec<ModelUpdate> updates;
  private final NamedArtifacts artifacts;
  private final Map<TopicPartition, Long> read = new HashMap<>();
  private final Duration interval;
  private Instant next;

  ArtifactCleaner(ServiceContext context, QuantizerSettings settings, UpdatePublisher publisher) {
    this(context, settings, publisher, Clock.systemUTC(), WORTH_BYTES);
  }

  ArtifactCleaner(
      ServiceContext context,
      QuantizerSettings settings,
      UpdatePublisher publisher,
      Clock clock,
      long worthBytes) {
    this.context = context;
    this.settings = settings;
    this.publisher = publisher;
    this.clock = clock;
    this.updates = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    this.artifacts = new NamedArtifacts(settings.keepReplaced(), worthBytes);
    this.interval = interval(settings.keepReplaced());
    this.next = clock.instant().plus(interval);
  }

  private static Duration interval(Duration kept) {
    if (kept.compareTo(SHORTEST_INTERVAL) < 0) {
      return SHORTEST_INTERVAL;
    }
    return kept.compareTo(LONGEST_INTERVAL) < 0 ? kept : LONGEST_INTERVAL;
  }

  /**
   * Cleans if it is time to. A log that cannot be cleaned is no reason not to publish.
   *
   * @return the newest update of this channel, where its artifact lies elsewhere now
   * @throws TransactionException if what stands in the way was not sent again, or is not known to
   *     be
   */
  Optional<ModelUpdate> cleanIfDue() throws TransactionException {
    Instant now = clock.instant();
    if (now.isBefore(next)) {
      return Optional.empty();
    }
    next = now.plus(interval);
    try {
      return clean(now);
    } catch (IOException | KafkaException | DamagedBlobException e) {
      log.warn("Replaced artifacts were not deleted: {}", e.toString());
      return Optional.empty();
    }
  }

  /** Deletes what can go, and sends again what stands in the way, which a later call then finds. */
  Optional<ModelUpdate> clean(Instant now)
      throws IOException, DamagedBlobException, TransactionException {
    NamedArtifacts.Plan plan;
    try (Admin admin = Admin.create(context.cluster().adminProperties())) {
      LogStart blobs = new LogStart(admin, Topics.MODEL_BLOBS.in(context.pipeline()));
      // Before the updates are read: chunks of a transaction still open then lie behind it.
      Map<Integer, Long> stable = blobs.stableEnds();
      readUpdates(now);
      plan = artifacts.plan(now);
      blobs.moveTo(plan.blobsFrom(), stable);
    }
    Optional<ModelUpdate> own = Optional.empty();
    if (plan.inTheWay().stream().allMatch(update -> mayBeSentAgain(update, now))) {
      for (ModelUpdate update : plan.inTheWay()) {
        ModelUpdate moved = sendAgain(update);
        own = isOwn(moved) ? Optional.of(moved) : own;
      }
    }
    return own;
  }

  private void readUpdates(Instant now) {
    try (TopicScan scan = new TopicScan(context.cluster())) {
      List<Stretch> unread =
          scan.whole(updates.topic()).stream()
              .map(
                  all ->
                      new Stretch(
                          all.partition(),
                          Math.max(all.from(), read.getOrDefault(all.partition(), 0L)),
                          all.to()))
              .toList();
      scan.read(unread, record -> see(record, now));
      unread.forEach(stretch -> read.put(stretch.partition(), stretch.to()));
    }
  }

  private void see(ConsumerRecord<String, byte[]> record, Instant now) {
    if (record.value() == null) {
      artifacts.removed(record.key(), now);
      return;
    }
    try {
      ModelUpdate update = updates.decode(record.value());
      if (ManifestMapper.key(update).equals(record.key())) {
        artifacts.see(update);
      }
    } catch (UndecodableRecordException e) {
      log.debug("Update at offset {} names nothing that can be read", record.offset(), e);
    }
  }

  /** Another channel's quantizer must not publish a newer one at the same time. */
  private boolean mayBeSentAgain(ModelUpdate update, Instant now) {
    return isOwn(update) || update.getPublishedAt().isBefore(now.minus(QUIET));
  }

  private boolean isOwn(ModelUpdate update) {
    return settings.updateKey().equals(ManifestMapper.key(update));
  }

  private ModelUpdate sendAgain(ModelUpdate update)
      throws IOException, DamagedBlobException, TransactionException {
    Path file =
        context
            .folder("quantizer")
            .resolve("again-%s-%s.onnx".formatted(settings.model(), settings.channel()));
    ModelUpdate moved;
    try {
      new BlobReader(
              context.cluster(), context.wire().codec(Topics.MODEL_BLOBS, context.pipeline()))
          .fetch(update.getArtifact(), file);
      moved = publisher.sendAgain(update, file);
    } finally {
      Files.deleteIfExists(file);
    }
    log.info(
        "Artifact {}/{} version {} was sent again: it stood before much that can go",
        update.getModel(),
        update.getChannel(),
        update.getVersion());
    return moved;
  }
}
