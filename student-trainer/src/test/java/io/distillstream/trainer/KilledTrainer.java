package io.distillstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.foundation.Sha256;
import io.distillstream.trainer.augment.HardExample;
import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleReader;
import io.distillstream.trainer.examples.TargetReader;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A trainer whose process is killed over and over, and what must hold afterwards. */
final class KilledTrainer implements AutoCloseable {
  private static final String MODEL = "killed";
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  private static final int BATCH = 8;
  private static final int PORTION = 1_000 * BATCH;
  private static final int READ_AHEAD = 1_024;

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
  private final TopicWatch committed;
  private final TopicWatch everything;
  private final KillingSpree spree;
  private IntSupplier partitions = () -> 0;
  private int sent;

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
    String manifests = Topics.CHECKPOINTS.in(harness.pipeline);
    String blobs = Topics.CHECKPOINT_BLOBS.in(harness.pipeline);
    String requests = Topics.REQUESTS.in(harness.pipeline);
    committed = TopicWatch.committed(harness, manifests, blobs, requests);
    everything = TopicWatch.uncommitted(harness, manifests, blobs, requests);
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

  /** Keeps the end of the stream well ahead of the trainer. */
  private void feed() {
    if (all() - trained() < PORTION) {
      for (int end = sent + PORTION; sent < end; sent++) {
        harness.sendTo(partitions.getAsInt(), sent);
      }
      harness.flush();
    }
  }

  /**
   * Kills so many processes.
   *
   * @param inside how many kills at least must have hit an open transaction
   */
  void kill(int kills, int inside) throws InterruptedException {
    while (spree.kills() < kills) {
      spree.killOne();
      // Had it met the end of the stream, what it took for the order would be chance.
      assertThat(all() - trained())
          .as("records beyond the newest checkpoint")
          .isGreaterThan(READ_AHEAD + READ_AHEAD / 2L);
      answer();
      feed();
    }
    System.out.printf(
        "%d kills, %d of them inside a checkpoint's transaction, %,d of %,d records trained%n",
        spree.kills(), spree.insideTransaction(), trained(), all());
    assertThat(spree.insideTransaction()).isGreaterThanOrEqualTo(inside);
  }

  /** Has the requests answered that the trainer has made so far. */
  private void answer() {
    for (InferenceRequest request : harness.requests()) {
      if (answered.add(request.getRequestId())) {
        harness.answer(request);
      }
    }
    harness.flush();
  }

  /** Examples in the log, the answered requests among them. */
  private int all() {
    return sent + answered.size();
  }

  private long trained() {
    List<Checkpoint> manifests = harness.manifests(MODEL);
    return manifests.isEmpty() ? 0 : manifests.get(manifests.size() - 1).getRecordsTrained();
  }

  /** Lets a last process train what is left, filled up to a whole number of batches. */
  void finish() {
    int rest = Math.floorMod(-all(), BATCH);
    harness.sendInOrder(sent, sent + rest);
    sent += rest;
    try (TrainerProcess last = spree.survivor()) {
      await()
          .atMost(DEADLINE)
          .until(
              () -> {
                assertThat(last.isAlive()).as(last.log()).isTrue();
                return trained() >= all();
              });
    }
  }

  void assertEachRecordTrainedOnce() {
    List<Checkpoint> chain = harness.manifests(MODEL);
    CheckpointChain.assertJoined(chain, all());
    long digest = answered.stream().mapToLong(Sha256::leadingLong).sum();
    assertThat(newest().getLineageDigest()).isEqualTo(MadeUpTraffic.digest(0, sent) + digest);
  }

  private Checkpoint newest() {
    List<Checkpoint> manifests = harness.manifests(MODEL);
    return manifests.get(manifests.size() - 1);
  }

  /** State and the steps that follow from it. */
  void assertTheSameBitsAsUndisturbed() throws Exception {
    StudentState recovered = harness.state(newest()).state();
    StudentState undisturbed = UndisturbedRun.over(inOrder(), settings).newest().good().state();
    assertThat(recovered.header()).isEqualTo(undisturbed.header());
    assertThat(recovered.tensors()).isEqualTo(undisturbed.tensors());
    assertThat(NextSteps.of(recovered, settings)).isEqualTo(NextSteps.of(undisturbed, settings));
  }

  /** Requests of hard examples are those of a trainer that was not killed, each sent once. */
  void assertEachHardExampleSentOnce() throws Exception {
    List<HardExample> undisturbed =
        UndisturbedRun.over(inOrder(), settings).written.stream()
            .flatMap(written -> written.hard().stream())
            .toList();
    assertThat(harness.requests())
        .hasSizeGreaterThan(50)
        .extracting(InferenceRequest::getRequestId, request -> request.getInput().getText())
        .containsExactlyInAnyOrderElementsOf(
            undisturbed.stream()
                .map(example -> tuple(example.requestId(), example.text()))
                .toList());
  }

  /** Of what was trained, in every checkpoint. */
  void assertShareOfHardExamples(double share) {
    for (Checkpoint checkpoint : harness.manifests(MODEL)) {
      double bound = share * checkpoint.getRecordsTrained();
      assertThat((double) checkpoint.getAugmentedSent()).isLessThanOrEqualTo(bound);
      assertThat((double) checkpoint.getAugmentedTrained()).isLessThanOrEqualTo(bound);
    }
    assertThat(newest().getAugmentedSent()).isEqualTo(harness.requests().size());
    assertThat(newest().getAugmentedTrained()).isEqualTo(answered.size()).isPositive();
  }

  /** All examples, ordered here and not by the source that is under test. */
  private List<Example> inOrder() {
    StudentStart start = new StudentStart(settings.student());
    ExampleReader reader =
        new ExampleReader(
            harness.pipeline,
            harness.context.wire().codec(Topics.TRAINING_EXAMPLES, harness.pipeline),
            new TargetReader(start.labels(), settings.objective().divergence(), 0),
            start.tokenizer(),
            settings.student().maxTokens(),
            settings.model(),
            settings.plan().heldOut().rule(),
            harness.context.wire().codec(Topics.HELD_OUT, harness.pipeline));
    List<ConsumerRecord<String, byte[]>> records =
        new ArrayList<>(harness.committed(harness.topic()));
    records.sort(
        Comparator.<ConsumerRecord<String, byte[]>>comparingLong(ConsumerRecord::timestamp)
            .thenComparingInt(ConsumerRecord::partition)
            .thenComparingLong(ConsumerRecord::offset));
    return records.stream().map(record -> example(reader.read(record))).toList();
  }

  private static Example example(Arrival arrival) {
    return arrival instanceof Arrival.HeldOut heldOut
        ? heldOut.example()
        : ((Arrival.Usable) arrival).example();
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
    harness
        .committed(Topics.CHECKPOINTS.in(harness.pipeline))
        .forEach(record -> inTheEnd.add(TopicWatch.Place.of(record)));
    harness
        .committed(Topics.REQUESTS.in(harness.pipeline))
        .forEach(record -> inTheEnd.add(TopicWatch.Place.of(record)));
    await().atMost(DEADLINE).until(() -> committed.places().size() >= inTheEnd.size());
    await().atMost(DEADLINE).until(() -> everything.places().containsAll(inTheEnd));

    assertThat(committed.places()).isEqualTo(inTheEnd);
    Set<TopicWatch.Place> aborted = new HashSet<>(everything.places());
    aborted.removeAll(inTheEnd);
    assertThat(aborted).as("records of killed transactions").isNotEmpty();
    Codec<BlobChunk> codec =
        harness.context.wire().codec(Topics.CHECKPOINT_BLOBS, harness.pipeline);
    for (Checkpoint manifest : harness.manifests(MODEL)) {
      WholeBlobs.assertWhole(manifest.getState(), blobs, codec);
      WholeBlobs.assertWhole(manifest.getOnnx(), blobs, codec);
    }
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
