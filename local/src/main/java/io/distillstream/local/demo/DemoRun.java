package io.distillstream.local.demo;

import io.distillstream.avro.Checkpoint;
import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceListener;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.Installation;
import io.distillstream.device.Rejection;
import io.distillstream.device.kafka.KafkaDevice;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.local.checkpoints.CheckpointHistory;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.Shutdown;
import io.distillstream.local.terminal.StageBoard;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.runtime.tracing.ExportListener;
import io.distillstream.runtime.tracing.Tracing;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Feeds WordNet glosses as live traffic to a running pipeline with one device, waits until the last
 * record that is learned has reached the device, and measures.
 */
public final class DemoRun {

  private static final String DEVICE = "demo-device";
  private static final Duration REDRAW = Duration.ofSeconds(1);
  private static final String TRAINED = "records_trained";

  /** A large student is quantized and judged for minutes. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final LocalPipeline pipeline;
  private final DemoPlan plan;
  private final Instant begun;
  private final AtomicReference<@Nullable Installation> installed = new AtomicReference<>();
  private final AtomicReference<@Nullable Rejection> refused = new AtomicReference<>();

  /**
   * Borrows the pipeline.
   *
   * @param begun when the command was given
   */
  public DemoRun(LocalPipeline pipeline, DemoPlan plan, Instant begun) {
    this.pipeline = pipeline;
    this.plan = plan;
    this.begun = begun;
  }

  /** Ends when everything is measured, or when the user asks it to stop. */
  public void run(StageBoard board, Shutdown shutdown, @Nullable Path summaryFile)
      throws Exception {
    long trainedBefore = trainedSoFar();
    try (DeviceClient device = openDevice()) {
      device.listen(new Newest());
      device.start();
      Instant fed = Instant.now();
      DemoTraffic traffic = new DemoTraffic(plan, pipeline.teacherUrl(), PATIENCE, begun, shutdown);
      traffic.start();
      while (traffic.isAlive() && !shutdown.asked()) {
        tick(board, shutdown, traffic);
      }
      if (shutdown.asked()) {
        traffic.cancel();
        return;
      }
      traffic.rethrow();
      double feedSeconds = Duration.between(fed, Instant.now()).toMillis() / 1e3;
      awaitDevice(board, shutdown, traffic, trainedBefore);
      if (shutdown.asked()) {
        return;
      }
      board.print("scoring " + plan.heldOut().size() + " held-out glosses");
      DemoSummary summary = measure(device, traffic, trainedBefore, feedSeconds);
      summary.table().forEach(board::print);
      if (summaryFile != null) {
        summary.write(summaryFile);
      }
    }
  }

  /**
   * Waits until the device runs a model that has learned every record but those held out, or such a
   * one is not better than what it runs.
   */
  private void awaitDevice(
      StageBoard board, Shutdown shutdown, DemoTraffic traffic, long trainedBefore)
      throws InterruptedException {
    Instant lastProgress = Instant.now();
    long learned = traffic.learned();
    long reached = -1;
    long trained = -1;
    while (!shutdown.asked() && reached < learned) {
      tick(board, shutdown, traffic);
      long now = onDevice() - trainedBefore;
      Optional<String> unpublished = unpublished(trainedBefore + learned);
      if (unpublished.isPresent()) {
        board.print("the last student is not published: " + unpublished.get());
        return;
      }
      long trainedNow = pipeline.report("trainer").getCounters().getOrDefault(TRAINED, 0L);
      if (now > reached || trainedNow > trained) {
        reached = now;
        trained = trainedNow;
        lastProgress = Instant.now();
      } else if (Duration.between(lastProgress, Instant.now()).compareTo(PATIENCE) > 0) {
        throw new CommandFailedException(
            String.format(
                Locale.ROOT,
                "Only %,d of %,d records reached the device, nothing came for %d s: %s",
                Math.max(0, reached),
                learned,
                PATIENCE.toSeconds(),
                StalledStream.reason(
                    plan.records(),
                    learned,
                    pipeline::report,
                    Optional.ofNullable(refused.get()))));
      }
    }
  }

  /** Why the student that learned so many records is kept from devices, if it is. */
  private Optional<String> unpublished(long records) {
    Map<String, Double> trainer = pipeline.report("trainer").getGauges();
    String newest = "version %.0f ".formatted(trainer.getOrDefault("student_version", Double.NaN));
    return trainer.getOrDefault("lineage_records", 0.0) < records
        ? Optional.empty()
        : Optional.ofNullable(pipeline.report("quantizer").getNotes().get("last_rejection"))
            .filter(reason -> reason.startsWith(newest));
  }

  private void tick(StageBoard board, Shutdown shutdown, DemoTraffic traffic)
      throws InterruptedException {
    pipeline.requireAlive();
    Installation newest = installed.get();
    String device =
        newest == null
            ? "waiting for its first model"
            : "version %d, learned from %,d records"
                .formatted(newest.version(), newest.recordsTrained());
    board.draw(
        Instant.now(),
        List.of(
            String.format("  %-10s %s", "device", device),
            String.format(
                Locale.ROOT,
                "  %-10s %,8d of %,d sent",
                "traffic",
                traffic.accepted(),
                plan.records())));
    shutdown.await(REDRAW);
  }

  private DemoSummary measure(
      DeviceClient device, DemoTraffic traffic, long trainedBefore, double feedSeconds)
      throws Exception {
    Installation newest = Objects.requireNonNull(installed.get());
    List<String> texts = plan.heldOut().stream().map(Gloss::text).toList();
    PredictedLabels onDevice =
        new PredictedLabels(device.predictAll(texts).stream().map(DeviceAnswer::label).toList());
    Checkpoint checkpoint = Objects.requireNonNull(checkpoints().get(newest.version()));
    DemoScores scores = new DemoMeasurement(pipeline, plan).scores(checkpoint.getOnnx(), onDevice);
    Freshness freshness =
        Freshness.read(
            pipeline.cluster().connection(),
            pipeline.context().wire().codec(Topics.DEVICE_REPORTS, pipeline.cluster().pipeline()),
            DEVICE,
            begun);
    return new DemoSummary(
        traffic.accepted(),
        newest.recordsTrained() - trainedBefore,
        pipeline.report("quantizer").getCounters().getOrDefault("artifacts_published", 0L),
        Files.size(newest.artifact()),
        checkpoint.getOnnx().getSizeBytes(),
        scores,
        freshness.quantileSeconds(0.5),
        freshness.quantileSeconds(0.95),
        Duration.between(begun, Instant.now()).toMillis() / 1e3,
        feedSeconds);
  }

  private NavigableMap<Long, Checkpoint> checkpoints() throws UndecodableRecordException {
    return CheckpointHistory.read(
        pipeline.cluster().connection(),
        pipeline.context().wire().codec(Topics.CHECKPOINTS, pipeline.cluster().pipeline()),
        plan.model());
  }

  private long trainedSoFar() throws UndecodableRecordException {
    NavigableMap<Long, Checkpoint> checkpoints = checkpoints();
    return checkpoints.isEmpty() ? 0 : checkpoints.lastEntry().getValue().getRecordsTrained();
  }

  private long onDevice() {
    Installation newest = installed.get();
    return newest == null ? 0 : newest.recordsTrained();
  }

  private DeviceClient openDevice() throws IOException {
    ClusterSettings cluster = pipeline.cluster();
    Path folder = cluster.dataFolder().resolve("devices").resolve(DEVICE);
    DeviceSettings settings = DeviceSettings.of(DEVICE, plan.model(), plan.channel(), folder);
    if (pipeline.trustedRoot().isPresent()) {
      settings = settings.withTrustedRoot(TrustedRoot.read(pipeline.trustedRoot().get()));
    }
    return KafkaDevice.open(
        settings,
        cluster.connection(),
        cluster.pipeline(),
        pipeline.context().tracing().stage("device", Tracing.Roots.ALL, ExportListener.NONE));
  }

  /** Remembers what runs on the device, and what it refused last. */
  private final class Newest implements DeviceListener {

    @Override
    public void installed(Installation installation) {
      installed.set(installation);
      refused.set(null);
    }

    @Override
    public void rejected(Rejection rejection) {
      refused.set(rejection);
    }
  }
}
