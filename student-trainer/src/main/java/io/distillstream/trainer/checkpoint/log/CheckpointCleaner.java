package io.distillstream.trainer.checkpoint.log;

import static java.util.Objects.requireNonNull;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.EventTimes;
import io.distillstream.trainer.checkpoint.RetentionPlan;
import io.distillstream.trainer.checkpoint.RetentionPolicy;
import io.distillstream.trainer.checkpoint.StoredCheckpoint;
import io.distillstream.wire.AdminAnswers;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.LogStart;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes checkpoints that nobody wants any more, as {@link RetentionPlan} says. Manifests that a
 * quantizer has not read yet stay, whatever their age: it counts the event times in them. Of the
 * models themselves it takes the newest, which always stays.
 */
final class CheckpointCleaner {
  private static final Logger log = LoggerFactory.getLogger(CheckpointCleaner.class);

  /** Sending checkpoints again to free less is not worth the traffic. */
  private static final long WORTH_BYTES = 512L << 20;

  private final CheckpointAccess access;
  private final String model;
  private final RetentionPolicy policy;
  private final long worthBytes;
  private final Clock clock;

  /** This model's manifests on the log; null until they are read. */
  private @Nullable List<Checkpoint> own;

  CheckpointCleaner(CheckpointAccess access, String model, RetentionPolicy policy) {
    this(access, model, policy, WORTH_BYTES, Clock.systemUTC());
  }

  CheckpointCleaner(
      CheckpointAccess access, String model, RetentionPolicy policy, long worthBytes, Clock clock) {
    this.access = access;
    this.model = model;
    this.policy = policy;
    this.worthBytes = worthBytes;
    this.clock = clock;
  }

  /** The versions of this model that will be wanted once {@code next} is there. */
  List<Long> wantedWith(Checkpoint next) {
    List<Checkpoint> manifests = new ArrayList<>(own());
    manifests.add(next);
    return List.copyOf(policy.wanted(manifests, clock.instant()));
  }

  /** Takes note of a checkpoint that was committed. */
  void committed(Checkpoint manifest) {
    own().add(manifest);
  }

  private List<Checkpoint> own() {
    if (own == null) {
      try (Admin admin = access.clients().admin()) {
        own = manifests(genuine(admin, access.all().checkpoints()));
      }
    }
    return own;
  }

  /** Without manifests beyond the newest version that the trainer of their model committed. */
  private List<StoredCheckpoint> genuine(Admin admin, List<StoredCheckpoint> stored) {
    Map<String, Long> newest = new HashMap<>();
    stored.stream()
        .map(StoredCheckpoint::model)
        .distinct()
        .forEach(
            any ->
                newest.put(
                    any,
                    CommittedOffsets.of(
                            await(
                                admin
                                    .listConsumerGroupOffsets(
                                        ConsumerGroups.trainer(access.pipeline(), any))
                                    .partitionsToOffsetAndMetadata()))
                        .checkpoint()
                        .orElse(Long.MAX_VALUE)));
    return stored.stream()
        .filter(
            checkpoint -> checkpoint.version() <= requireNonNull(newest.get(checkpoint.model())))
        .toList();
  }

  private List<Checkpoint> manifests(List<StoredCheckpoint> stored) {
    return stored.stream()
        .filter(checkpoint -> checkpoint.model().equals(model))
        .map(StoredCheckpoint::manifest)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /**
   * Deletes what can go, and sends again what stands in the way, which a later call then finds.
   *
   * @throws KafkaException if the cluster refuses or does not answer
   */
  void clean(CheckpointTransactions transactions) throws IOException {
    try (Admin admin = access.clients().admin()) {
      // Before the manifests are read: chunks of a transaction still open then lie behind it.
      LogStart blobs = new LogStart(admin, access.chunks().topic());
      Map<Integer, Long> stable = blobs.stableEnds();
      List<StoredCheckpoint> stored = genuine(admin, access.all().checkpoints());
      own = manifests(stored);
      SortedSet<Long> wanted = policy.wanted(own, clock.instant());
      RetentionPlan plan = RetentionPlan.of(stored, model, wanted, worthBytes);
      Map<Integer, Long> manifestsFrom = new HashMap<>(plan.manifestsFrom());
      unread(admin, stored)
          .forEach((p, offset) -> manifestsFrom.computeIfPresent(p, (q, o) -> Math.min(o, offset)));
      // Manifests first: none may name blobs that are gone.
      new LogStart(admin, access.manifests().topic()).moveTo(manifestsFrom);
      blobs.moveTo(plan.blobsFrom(), stable);
      for (StoredCheckpoint checkpoint : plan.carry()) {
        sendAgain(transactions, checkpoint.manifest());
      }
    }
  }

  /** Partition of the checkpoints topic to the first offset that some quantizer has not read. */
  private Map<Integer, Long> unread(Admin admin, List<StoredCheckpoint> stored) {
    Set<String> models = stored.stream().map(StoredCheckpoint::model).collect(Collectors.toSet());
    Map<Integer, Long> unread = new HashMap<>();
    for (String group : quantizers(admin, models)) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
      committed.forEach(
          (partition, offset) -> {
            if (offset != null && partition.topic().equals(access.manifests().topic())) {
              unread.merge(partition.partition(), offset.offset(), Math::min);
            }
          });
    }
    return unread;
  }

  /** The groups of all channels of these models. */
  private List<String> quantizers(Admin admin, Set<String> models) {
    return await(admin.listGroups().valid()).stream()
        .map(GroupListing::groupId)
        .filter(
            group ->
                models.stream()
                    .anyMatch(
                        any -> group.startsWith(ConsumerGroups.quantizers(access.pipeline(), any))))
        .toList();
  }

  private void sendAgain(CheckpointTransactions transactions, Checkpoint manifest)
      throws IOException {
    EventTimes none = new EventTimeHistogram().toAvro();
    try (CheckpointFiles files = CheckpointFiles.fetch(access, manifest)) {
      Checkpoint copy =
          Checkpoint.newBuilder(manifest)
              .setCopy(true)
              .setEventTimes(none)
              .setLegTimes(null)
              .build();
      transactions.commit(Map.of(), producer -> files.send(access, producer, copy));
    }
    log.info(
        "Checkpoint {} of {} was sent again: it stood before much that can go",
        manifest.getVersion(),
        manifest.getModel());
  }

  private static <T> T await(KafkaFuture<T> future) {
    return AdminAnswers.await(future, "Old checkpoints cannot be deleted");
  }
}
