package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.embedded.ChildJvm;
import io.distillstream.foundation.Sha256;
import io.distillstream.trainer.augment.HardExample;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.loop.MemoryCheckpoints;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A trainer whose process is killed over and over, and what must hold afterwards. */
final class KilledTrainer implements AutoCloseable {

  private static final String MODEL = "killed";
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final int BATCH = 8;
  private static final int READ_AHEAD = 1_024;

  /** More than a process trains between two looks, and what it reads ahead besides. */
  private static final int LEFT = 8 * READ_AHEAD;

  /** Several blocks, so that a step takes a while; no checkpoint may end a batch early. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "trainer.batch-size", Integer.toString(BATCH),
          "trainer.read-ahead", Integer.toString(READ_AHEAD),
          "trainer.max-batch-wait", "10m",
          "trainer.checkpoint-interval", "5s",
          "trainer.spike-factor", "1e9",
          "trainer.width", "32",
          "trainer.blocks", "4");

  private final TrainerHarness harness;
  private final TrainerSettings settings;
  private final Set<String> answered = new LinkedHashSet<>();
  private final SplittableRandom random;
  private final Codec<Checkpoint> manifests;
  private final TopicWatch committed;
  private final TopicWatch everything;
  private final KillingSpree spree;
  private IntSupplier partitions = () -> 0;
  private int sent;
  private int correctedOneIn;
  private int corrected;
  private final List<String> heldOut = new ArrayList<>();
  private @Nullable MemoryCheckpoints undisturbed;

  KilledTrainer(TrainerHarness harness, Path folder, long seed) {
    this(harness, folder, seed, Map.of());
  }

  /**
   * @param changes of the trainer's settings
   */
  KilledTrainer(TrainerHarness harness, Path folder, long seed, Map<String, String> changes) {
    Map<String, String> chosen = new HashMap<>(SETTINGS);
    chosen.putAll(changes);
    this.harness = harness;
    this.settings = harness.settings(MODEL, chosen);
    this.random = new SplittableRandom(seed);
    manifests = harness.context.wire().codec(Topics.CHECKPOINTS, harness.pipeline);
    String blobs = Topics.CHECKPOINT_BLOBS.in(harness.pipeline);
    String requests = Topics.REQUESTS.in(harness.pipeline);
    committed = TopicWatch.committed(harness, manifests.topic(), blobs, requests);
    everything = TopicWatch.uncommitted(harness, manifests.topic(), blobs, requests);
    spree =
        new KillingSpree(
            harness,
            harness.values(MODEL, chosen),
            folder.resolve(MODEL),
            everything,
            this::feed,
            seed);
  }

  /** Has the stream lie in one partition, so that there is one order. */
  void sendInOrder() {
    partitions = () -> 0;
    feed();
  }

  /** Has the stream fill three partitions unevenly; the fourth stays empty. */
  void sendOverThreePartitions() {
    partitions = () -> random.nextInt(8) == 0 ? 2 : random.nextInt(2);
    feed();
  }

  /** Has one example in so many followed by its correction, where it has no truth. */
  void correct(int oneIn) {
    correctedOneIn = oneIn;
  }

  /** Keeps the end of the stream well ahead of the trainer. */
  private void feed() {
    while (all() - trained() < LEFT) {
      for (int end = sent + READ_AHEAD; sent < end; ) {
        sendNext();
      }
    }
    harness.flush();
  }

  /** Says whether it is to be trained. */
  private boolean sendNext() {
    String id = "request-" + sent;
    int partition = partitions.getAsInt();
    harness.sendTo(partition, sent);
    if (correctedOneIn > 0 && sent % correctedOneIn == 1 && harness.correct(partition, sent)) {
      corrected++;
    }
    sent++;
    return !settings.plan().heldOut().rule().holdsOut(id) || !heldOut.add(id);
  }

  /**
   * Kills so many processes, and more where too few kills hit an open transaction.
   *
   * @param inside how many have to
   */
  void kill(int kills, int inside) throws InterruptedException {
    while (spree.kills() < kills || spree.insideTransaction() < inside) {
      assertThat(spree.kills()).as("kills until enough hit a transaction").isLessThan(4 * kills);
      spree.killOne();
      // Had it met the end of the stream, what it took for the order would be chance.
      assertThat(all() - newest().map(Checkpoint::getRecordsTrained).orElse(0L))
          .as("records beyond the newest checkpoint")
          .isGreaterThan(READ_AHEAD + READ_AHEAD / 2L);
      answer();
      feed();
    }
    System.out.printf(
        "%d kills, %d of them inside a checkpoint's transaction, %,d of %,d records trained%n",
        spree.kills(), spree.insideTransaction(), trained(), all());
  }

  /** Has the requests answered that the trainer has made so far. */
  private void answer() {
    if (committed.count(Topics.REQUESTS.in(harness.pipeline), key -> true) == answered.size()) {
      return;
    }
    for (InferenceRequest request : harness.requests()) {
      if (answered.add(request.getRequestId())) {
        harness.answer(request);
      }
    }
    harness.flush();
  }

  /** Examples in the log that are to be trained, the answered requests among them. */
  private int all() {
    return sent - heldOut.size() + answered.size();
  }

  /** Up to the last checkpoint that was seen: asking the broker again and again takes long. */
  private long trained() {
    return committed.newest(manifests.topic()).map(this::recordsTrained).orElse(0L);
  }

  private long recordsTrained(byte[] manifest) {
    try {
      return manifests.decode(manifest).getRecordsTrained();
    } catch (UndecodableRecordException e) {
      throw new AssertionError(e);
    }
  }

  /** Lets a last process train what is left, filled up to a whole batch that ends the stream. */
  void finish() {
    partitions = () -> 0;
    boolean trained;
    do {
      trained = sendNext();
    } while (!trained || (all() + corrected) % BATCH != 0);
    harness.flush();
    try (ChildJvm last = spree.survivor()) {
      await()
          .atMost(DEADLINE)
          .until(
              () -> {
                assertThat(last.isAlive()).as(last.output()).isTrue();
                return trained() >= all();
              });
    }
  }

  void assertEachRecordTrainedOnce() {
    List<Checkpoint> chain = harness.manifests(MODEL);
    CheckpointChain.assertJoined(chain, all());
    long digest = answered.stream().mapToLong(Sha256::leadingLong).sum();
    long untrained = heldOut.stream().mapToLong(Sha256::leadingLong).sum();
    assertThat(newest().orElseThrow().getLineageDigest())
        .isEqualTo(MadeUpTraffic.digest(0, sent) + digest - untrained);
  }

  /** And none among the records. */
  void assertEachCorrectionTrainedOnce() {
    assertThat(corrected).isGreaterThan(100);
    assertThat(newest().orElseThrow().getCorrectedTrained()).isEqualTo(corrected);
  }

  void assertEachHeldOutRequestPublishedOnce() {
    assertThat(harness.committed(Topics.HELD_OUT.in(harness.pipeline)))
        .hasSizeGreaterThan(100)
        .extracting(ConsumerRecord::key)
        .containsExactlyInAnyOrderElementsOf(heldOut);
    assertThat(newest().orElseThrow().getHeldOutRecords()).isEqualTo(heldOut.size());
  }

  private Optional<Checkpoint> newest() {
    List<Checkpoint> chain = harness.manifests(MODEL);
    return chain.isEmpty() ? Optional.empty() : Optional.of(chain.get(chain.size() - 1));
  }

  /** State, what is remembered, and the steps that follow from it. */
  void assertTheSameBitsAsUndisturbed() throws Exception {
    GoodState good = harness.state(newest().orElseThrow());
    StudentState recovered = good.state();
    undisturbed = UndisturbedRun.over(harness, settings);
    StudentState expected = undisturbed.newest().good().state();
    SameMemories.assertSame(good.memories(), undisturbed.newest().good().memories());
    assertThat(recovered.header()).isEqualTo(expected.header());
    assertThat(recovered.tensors()).isEqualTo(expected.tensors());
    assertThat(NextSteps.of(recovered, settings)).isEqualTo(NextSteps.of(expected, settings));
  }

  /**
   * Requests of hard examples are those of the undisturbed trainer that {@link
   * #assertTheSameBitsAsUndisturbed} ran, each sent once.
   */
  void assertEachHardExampleSentOnce() {
    List<HardExample> expected =
        Objects.requireNonNull(undisturbed).written.stream()
            .flatMap(written -> written.hard().stream())
            .toList();
    assertThat(harness.requests())
        .hasSizeGreaterThan(50)
        .extracting(InferenceRequest::getRequestId, request -> request.getInput().getText())
        .containsExactlyInAnyOrderElementsOf(
            expected.stream().map(example -> tuple(example.requestId(), example.text())).toList());
  }

  /** Of what was trained, in every checkpoint. */
  void assertShareOfHardExamples(double share) {
    for (Checkpoint checkpoint : harness.manifests(MODEL)) {
      double bound = share * checkpoint.getRecordsTrained();
      assertThat((double) checkpoint.getAugmentedSent()).isLessThanOrEqualTo(bound);
      assertThat((double) checkpoint.getAugmentedTrained()).isLessThanOrEqualTo(bound);
    }
    Checkpoint last = newest().orElseThrow();
    assertThat(last.getAugmentedSent()).isEqualTo(harness.requests().size());
    assertThat(last.getAugmentedTrained()).isEqualTo(answered.size()).isPositive();
  }

  /**
   * What a reader of committed records saw while it happened is what the log holds for such readers
   * in the end, the aborted is not among it, and every manifest's blobs are whole.
   */
  void assertNothingUncommittedWasShown() throws Exception {
    List<ConsumerRecord<String, byte[]>> blobs =
        harness.committed(Topics.CHECKPOINT_BLOBS.in(harness.pipeline));
    Set<TopicWatch.Place> inTheEnd = new HashSet<>();
    blobs.forEach(record -> inTheEnd.add(TopicWatch.Place.of(record)));
    for (String topic : List.of(manifests.topic(), Topics.REQUESTS.in(harness.pipeline))) {
      harness.committed(topic).forEach(record -> inTheEnd.add(TopicWatch.Place.of(record)));
    }
    await().atMost(DEADLINE).until(() -> committed.places().size() >= inTheEnd.size());
    await().atMost(DEADLINE).until(() -> everything.places().containsAll(inTheEnd));

    assertThat(committed.places()).isEqualTo(inTheEnd);
    Set<TopicWatch.Place> aborted = new HashSet<>(everything.places());
    aborted.removeAll(inTheEnd);
    assertThat(aborted).as("records of killed transactions").isNotEmpty();
    WholeBlobs.assertWhole(harness, harness.manifests(MODEL), blobs);
  }

  @Override
  public void close() {
    try (committed;
        everything;
        spree) {
      // The processes first: they still write.
    }
  }
}
