package io.distillstream.artifacts;

import io.distillstream.artifacts.candidate.CheckpointCandidate;
import io.distillstream.artifacts.candidate.CheckpointWorkshop;
import io.distillstream.artifacts.candidate.UnusableCheckpointException;
import io.distillstream.artifacts.comparison.CandidateJudge;
import io.distillstream.artifacts.comparison.Judgement;
import io.distillstream.artifacts.delta.DeltaChain;
import io.distillstream.artifacts.delta.DeltaMaker;
import io.distillstream.artifacts.delta.IncumbentFile;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.tracing.Tracing;
import io.distillstream.wire.trace.Spans;
import io.distillstream.wire.transaction.ConsumedOffsets;
import io.distillstream.wire.transaction.TransactionException;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connected life of the service. Everything it knows comes from what is committed, so after any
 * failure a new session simply goes on. Owns its clients.
 */
final class QuantizerSession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QuantizerSession.class);
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final QuantizerSettings settings;
  private final ServiceContext context;
  private final QuantizerMetrics metrics;
  private final CheckpointWorkshop workshop;
  private final RejectedCandidates rejected;
  private final UpdatePublisher publisher;
  private final CheckpointQueue queue;
  private final CandidateJudge judge;
  private final ArtifactCleaner cleaner;
  private final DeltaMaker deltas;
  private final Spans spans;
  private volatile boolean ending;

  /**
   * @param publishers opens the publisher that it owns
   */
  QuantizerSession(
      QuantizerSettings settings,
      ServiceContext context,
      QuantizerMetrics metrics,
      Supplier<UpdatePublisher> publishers) {
    this.settings = settings;
    this.context = context;
    this.metrics = metrics;
    this.spans = context.spans("quantizer", Tracing.Roots.ALL);
    this.workshop =
        new CheckpointWorkshop(
            settings.model() + "-" + settings.channel(),
            settings.quantization(),
            settings.plan().profile().wantsRanges(),
            settings.samples(),
            context);
    this.rejected = new RejectedCandidates(context, settings);
    // First, so that a transaction left open by a crash hides nothing from what is read next.
    this.publisher = publishers.get();
    this.cleaner = new ArtifactCleaner(context, settings, publisher);
    try {
      Optional<ModelUpdate> available = PublishedUpdates.newest(settings, context);
      available.ifPresent(metrics::available);
      publisher.follow(available);
      IncumbentFile file = new IncumbentFile(settings.model(), settings.channel(), context);
      this.judge =
          new CandidateJudge(
              settings.model(), settings.channel(), settings.incumbent(), context, file, available);
      this.deltas = new DeltaMaker(file, settings.deltas(), available);
      this.queue =
          new CheckpointQueue(context, settings, available.map(ModelUpdate::getVersion).orElse(0L));
    } catch (RuntimeException e) {
      publisher.close();
      throw e;
    }
  }

  /**
   * Waits a moment for checkpoints and settles what came; where nothing came, it may clean up. What
   * is not settled when the session {@link #end ends} is taken up again at the next start.
   *
   * @throws TransactionException if that was not committed, or is not known to be; this session is
   *     of no further use then
   * @throws IOException if a file of this machine cannot be written
   */
  void step() throws IOException, TransactionException {
    Optional<CheckpointQueue.Batch> batch = queue.next(PATIENCE);
    if (queue.tookOver()) {
      // While this one stood by, another instance may have published what devices run now.
      Optional<ModelUpdate> available = PublishedUpdates.newest(settings, context);
      available.ifPresent(metrics::available);
      publisher.follow(available);
      devicesRun(available);
    }
    if (batch.isEmpty()) {
      if (queue.works()) {
        clean();
      }
      renew();
      return;
    }
    metrics.read(batch.get());
    try (ArtifactSpan span = ArtifactSpan.begin(spans, context.pipeline(), settings, batch.get())) {
      settle(batch.get(), span);
    }
  }

  private void settle(CheckpointQueue.Batch batch, ArtifactSpan span)
      throws IOException, TransactionException {
    Optional<CheckpointCandidate> candidate = batch.newest().flatMap(this::make);
    if (ending) {
      return;
    }
    if (candidate.isPresent() && candidate.get().choice().passed()) {
      compare(candidate.get(), batch, span);
    } else {
      if (candidate.isPresent()) {
        reject(candidate.get());
      }
      publisher.moveOn(settlement(batch));
      span.settled(
          candidate.isPresent() ? ArtifactSpan.Outcome.REJECTED : ArtifactSpan.Outcome.UNUSABLE);
    }
  }

  /** What devices run may lie elsewhere afterwards. */
  private void clean() throws TransactionException {
    Optional<ModelUpdate> moved = cleaner.cleanIfDue();
    if (moved.isPresent()) {
      devicesRun(moved);
    }
  }

  private void devicesRun(Optional<ModelUpdate> update) {
    judge.incumbent(update);
    deltas.incumbent(update);
  }

  /** Only where it is this instance that works: its offsets are committed alongside. */
  private void renew() throws IOException, TransactionException {
    Map<TopicPartition, OffsetAndMetadata> offsets = queue.offsets(false);
    if (!ending && !offsets.isEmpty()) {
      publisher.renew(new ConsumedOffsets(offsets, queue.group()));
    }
  }

  /**
   * Ends the wait of {@link #step}, which then settles no checkpoint any more; may be called from
   * any thread.
   */
  void end() {
    ending = true;
    queue.wakeUp();
  }

  @Override
  public void close() {
    try {
      queue.close();
    } finally {
      publisher.close();
    }
  }

  private Optional<CheckpointCandidate> make(Checkpoint checkpoint) {
    try {
      return Optional.of(workshop.make(checkpoint, deltas.previousWeights()));
    } catch (UnusableCheckpointException e) {
      if (ending) {
        log.debug("Checkpoint {} is left for the next start", checkpoint.getVersion(), e);
        return Optional.empty();
      }
      log.error(
          "Checkpoint {} of {} is unusable: {}",
          checkpoint.getVersion(),
          checkpoint.getModel(),
          e.getMessage());
      metrics.unusable(checkpoint.getVersion(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Publishes what is no worse than what devices run, or cannot be compared with it. */
  private void compare(
      CheckpointCandidate candidate, CheckpointQueue.Batch batch, ArtifactSpan span)
      throws IOException, TransactionException {
    Optional<Judgement> judgement =
        judge.judge(candidate, queue.restored(candidate.checkpoint().getVersion()));
    if (ending) {
      return;
    }
    judgement.ifPresent(compared -> metrics.compared(candidate, compared));
    if (judgement.isPresent() && !judgement.get().passed()) {
      String reason = judgement.get().message();
      log.warn("Not published: {}", reason);
      rejected.offer(candidate, reason);
      publisher.refuse(judgement.get(), settlement(batch));
      span.settled(ArtifactSpan.Outcome.REFUSED);
    } else {
      span.publishing(trace -> publish(candidate, judgement, batch, trace));
      span.settled(ArtifactSpan.Outcome.PUBLISHED);
    }
  }

  private void publish(
      CheckpointCandidate candidate,
      Optional<Judgement> judgement,
      CheckpointQueue.Batch batch,
      SpanContext trace)
      throws IOException, TransactionException {
    ModelUpdate update =
        publisher.publish(
            candidate,
            judgement,
            deltas.chainTo(candidate.artifact()),
            queue.owedTimes(),
            new UpdatePublisher.Settlement(
                batch.deadLetters(),
                new ConsumedOffsets(queue.offsets(true), queue.group()),
                trace));
    queue.published(update.getVersion());
    judge.published(update);
    deltas.published(update, candidate.artifact());
    rejected.forget();
    metrics.published(update);
    OptionalLong delta = DeltaChain.newestBytes(update);
    log.info(
        "Published {}/{} version {}: {}, {} of {} bytes, delta {}, {}{}; {}",
        update.getModel(),
        update.getChannel(),
        update.getVersion(),
        update.getPrecision(),
        update.getArtifact().getSizeBytes(),
        update.getFp32Bytes(),
        delta.isPresent() ? delta.getAsLong() + " bytes" : "none",
        candidate.choice().best().measured(),
        syntheticSamples(update),
        judgement.map(Judgement::message).orElse("not compared with an earlier one"));
  }

  private static String syntheticSamples(ModelUpdate update) {
    return update.getSyntheticSamples() == 0
        ? ""
        : ", of the samples %d synthetic for want of traffic"
            .formatted(update.getSyntheticSamples());
  }

  private void reject(CheckpointCandidate candidate) throws IOException {
    rejected.offer(candidate, candidate.choice().reason());
    metrics.rejected(candidate);
    log.warn(
        "Candidate {} is not published on {}: {}",
        candidate.checkpoint().getVersion(),
        settings.channel(),
        candidate.choice().reason());
  }

  /** Where nothing is published. */
  private UpdatePublisher.Settlement settlement(CheckpointQueue.Batch batch) {
    return new UpdatePublisher.Settlement(
        batch.deadLetters(),
        new ConsumedOffsets(queue.offsets(false), queue.group()),
        SpanContext.getInvalid());
  }
}
