package io.distillstream.artifacts;

import io.distillstream.artifacts.candidate.CheckpointCandidate;
import io.distillstream.artifacts.comparison.Judgement;
import io.distillstream.artifacts.delta.DeltaChain;
import io.distillstream.artifacts.signing.UpdateSigner;
import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.TrainingEvent;
import io.distillstream.quantization.gate.LatencyRatio;
import io.distillstream.quantization.gate.Quality;
import io.distillstream.quantization.search.Attempt;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.TransactionalIds;
import io.distillstream.wire.blob.BlobWriter;
import io.distillstream.wire.trace.TraceHeaders;
import io.distillstream.wire.transaction.AbortedException;
import io.distillstream.wire.transaction.ConsumedOffsets;
import io.distillstream.wire.transaction.FencedException;
import io.distillstream.wire.transaction.Transactions;
import io.distillstream.wire.transaction.UnknownOutcomeException;
import io.distillstream.wire.update.ManifestMapper;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Settles each batch of checkpoints in one transaction: artifact, manifest, dead letters, the event
 * of a refusal and offsets become visible together or not at all. Owns its producer.
 *
 * <p>Where a transaction fails, whatever its outcome, this one is of no further use: the next one
 * reads what was committed and goes on from there.
 */
final class UpdatePublisher implements AutoCloseable {
  private static final int COMMIT_ATTEMPTS = 5;

  private final QuantizerSettings settings;
  private final Clock clock;
  private final Transactions transactions;
  private final Codec<BlobChunk> blobs;
  private final Codec<ModelUpdate> updates;
  private final Codec<TrainingEvent> events;
  private final UpdateSigner signer;
  private Optional<ModelUpdate> newest = Optional.empty();

  /** The newest update's, which it keeps where it is sent once more. */
  private SpanContext newestTrace = SpanContext.getInvalid();

  /** Fences an earlier process of the same instance and ends the transaction it may have left. */
  UpdatePublisher(
      QuantizerSettings settings,
      ServiceContext context,
      Clock clock,
      ProducerFactory producers,
      UpdateSigner signer) {
    this.settings = settings;
    this.clock = clock;
    this.signer = signer;
    this.updates = context.wire().codec(Topics.MODEL_UPDATES, context.pipeline());
    this.events = context.wire().codec(Topics.TRAINING_EVENTS, context.pipeline());
    this.blobs = context.wire().codec(Topics.MODEL_BLOBS, context.pipeline());
    this.transactions =
        Transactions.open(producers.create(producerProperties(settings, context)), COMMIT_ATTEMPTS);
  }

  /**
   * Artifacts travel to every device, so they are worth a better compression than other records.
   * 8-bit weights repeat too little for lz4, but zstd codes frequent values, such as the zeros of a
   * pruned student, in few bits. Readers go by what a batch says of itself.
   */
  private static Map<String, Object> producerProperties(
      QuantizerSettings settings, ServiceContext context) {
    Map<String, Object> properties =
        context
            .cluster()
            .transactionalProducerProperties(
                TransactionalIds.quantizer(
                    context.pipeline(), settings.model(), settings.channel(), context.instance()));
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    return properties;
  }

  /**
   * What goes with every transaction.
   *
   * @param trace that an update's record carries; invalid where nothing is traced
   */
  record Settlement(
      List<ProducerRecord<String, byte[]>> deadLetters,
      ConsumedOffsets offsets,
      SpanContext trace) {}

  /** Takes note of the update that the next one follows. */
  void follow(Optional<ModelUpdate> available) {
    newest = available;
    newestTrace = SpanContext.getInvalid();
  }

  /**
   * Publishes a candidate that passed; answers the committed manifest.
   *
   * @param judgement how it compared with what devices run; empty where it was not compared
   * @param chain of deltas that leads to it; empty where there is none
   */
  ModelUpdate publish(
      CheckpointCandidate candidate,
      Optional<Judgement> judgement,
      Optional<DeltaChain> chain,
      EventTimes eventTimes,
      Settlement settlement)
      throws IOException, FencedException, AbortedException, UnknownOutcomeException {
    String blobId = "%s/%d".formatted(settings.updateKey(), candidate.checkpoint().getVersion());
    AtomicReference<@Nullable ModelUpdate> published = new AtomicReference<>();
    Instant quantizedAt = clock.instant();
    transactions.commit(
        producer -> {
          BlobWriter writer = new BlobWriter(producer, blobs);
          BlobRef artifact = writer.write(blobId, candidate.artifact().bytes());
          List<ArtifactDelta> deltas =
              chain
                  .map(c -> c.deltas(writer.write(blobId + "/delta", c.step().bytes())))
                  .orElse(List.of());
          ModelUpdate update =
              signer.sign(
                  manifest(candidate, judgement, artifact, deltas, eventTimes, quantizedAt),
                  newest);
          send(producer, record(settings.updateKey(), update, settlement.trace()));
          settlement.deadLetters().forEach(record -> send(producer, record));
          published.set(update);
        },
        settlement.offsets());
    ModelUpdate update = Objects.requireNonNull(published.get());
    newest = Optional.of(update);
    newestTrace = settlement.trace();
    return update;
  }

  /**
   * Publishes the newest update once more where its signed metadata would expire: the same version,
   * which no device takes for news.
   */
  void renew(ConsumedOffsets offsets)
      throws IOException, FencedException, AbortedException, UnknownOutcomeException {
    Optional<ModelUpdate> renewed = newest.isEmpty() ? newest : signer.renewed(newest.get());
    if (renewed.isPresent()) {
      transactions.commit(
          producer -> send(producer, record(settings.updateKey(), renewed.get(), newestTrace)),
          offsets);
      newest = renewed;
    }
  }

  /**
   * Publishes an update once more, whose artifact then lies at the end of the log; answers it. What
   * was signed of it stays as it is, since that does not say where files lie.
   *
   * @param artifact a file of exactly its bytes
   */
  ModelUpdate sendAgain(ModelUpdate update, Path artifact)
      throws IOException, FencedException, AbortedException, UnknownOutcomeException {
    AtomicReference<@Nullable ModelUpdate> published = new AtomicReference<>();
    String key = ManifestMapper.key(update);
    SpanContext trace = key.equals(settings.updateKey()) ? newestTrace : SpanContext.getInvalid();
    transactions.commit(
        producer -> {
          BlobRef moved =
              new BlobWriter(producer, blobs).write(update.getArtifact().getBlobId(), artifact);
          // Its deltas stand before what can go, and whoever follows the channel has it.
          ModelUpdate again =
              ModelUpdate.newBuilder(update).setArtifact(moved).setDeltas(List.of()).build();
          send(producer, record(key, again, trace));
          published.set(again);
        });
    ModelUpdate again = Objects.requireNonNull(published.get());
    if (key.equals(settings.updateKey())) {
      newest = Optional.of(again);
    }
    return again;
  }

  /** Moves on without a publication. */
  void moveOn(Settlement settlement)
      throws IOException, FencedException, AbortedException, UnknownOutcomeException {
    transactions.commit(
        producer -> settlement.deadLetters().forEach(record -> send(producer, record)),
        settlement.offsets());
  }

  /** Moves on and tells why a candidate is not published. */
  void refuse(Judgement judgement, Settlement settlement)
      throws IOException, FencedException, AbortedException, UnknownOutcomeException {
    TrainingEvent event = judgement.refusal(clock.instant());
    transactions.commit(
        producer -> {
          send(
              producer,
              new ProducerRecord<>(events.topic(), settings.model(), events.encode(event)));
          settlement.deadLetters().forEach(record -> send(producer, record));
        },
        settlement.offsets());
  }

  private ProducerRecord<String, byte[]> record(String key, ModelUpdate update, SpanContext trace) {
    return TraceHeaders.with(
        trace, new ProducerRecord<>(updates.topic(), key, updates.encode(update)));
  }

  /** The commit fails if one of its sends did, so none of them needs an eye of its own. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private static void send(
      Producer<String, byte[]> producer, ProducerRecord<String, byte[]> record) {
    producer.send(record);
  }

  private ModelUpdate manifest(
      CheckpointCandidate candidate,
      Optional<Judgement> judgement,
      BlobRef artifact,
      List<ArtifactDelta> deltas,
      EventTimes eventTimes,
      Instant quantizedAt) {
    Checkpoint checkpoint = candidate.checkpoint();
    Attempt best = candidate.choice().best();
    Quality quality = best.measured().quality();
    return ModelUpdate.newBuilder()
        .setModel(settings.model())
        .setChannel(settings.channel())
        .setVersion(checkpoint.getVersion())
        .setLabelSpace(checkpoint.getLabelSpace())
        .setArtifact(artifact)
        .setFormat("onnx")
        .setPrecision(best.describe())
        .setFp32Bytes(checkpoint.getOnnx().getSizeBytes())
        .setQuality(
            new GateResult(
                quality.samples(),
                quality.agreement(),
                quality.maxAbsDifference(),
                best.measured().latency().map(LatencyRatio::median).orElse(Double.NaN)))
        .setSyntheticSamples(candidate.syntheticSamples())
        .setIncumbent(judgement.map(Judgement::manifest).orElse(null))
        .setDeltas(deltas)
        .setProbe(candidate.probes())
        .setTraining(checkpoint.getTraining())
        .setRecordsTrained(checkpoint.getRecordsTrained())
        .setEventTimes(eventTimes)
        .setCheckpointCreatedAt(checkpoint.getCreatedAt())
        .setQuantizedAt(quantizedAt)
        .setPublishedAt(clock.instant())
        .build();
  }

  @Override
  public void close() {
    transactions.close();
  }
}
