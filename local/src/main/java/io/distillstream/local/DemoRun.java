package io.distillstream.local;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceListener;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.Installation;
import io.distillstream.device.OnnxClassifier;
import io.distillstream.device.Prediction;
import io.distillstream.device.UnusableModelException;
import io.distillstream.local.demo.Answers;
import io.distillstream.local.demo.DemoSummary;
import io.distillstream.local.demo.Freshness;
import io.distillstream.local.demo.HeldOutScores;
import io.distillstream.local.feed.FeedException;
import io.distillstream.local.feed.HttpFeed;
import io.distillstream.local.feed.Pace;
import io.distillstream.local.feed.TrafficItem;
import io.distillstream.local.feed.TrafficSender;
import io.distillstream.local.wordnet.LabelledText;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.blob.DamagedBlobException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Feeds WordNet glosses as live traffic to a running pipeline with one device, waits until the last
 * record has reached the device, and measures.
 */
final class DemoRun {

  private static final String DEVICE = "demo-device";
  private static final String MODEL = "student";
  private static final String CHANNEL = "stable";
  private static final Duration REDRAW = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int TEXTS_PER_CALL = 16;
  private static final int CALLS = 16;

  private final LocalPipeline pipeline;
  private final Settings settings;
  private final int records;
  private final double rate;
  private final Instant begun;
  private final AtomicReference<@Nullable Installation> installed = new AtomicReference<>();

  DemoRun(LocalPipeline pipeline, Settings settings, int records, double rate, Instant begun) {
    this.pipeline = pipeline;
    this.settings = settings;
    this.records = records;
    this.rate = rate;
    this.begun = begun;
  }

  /** Ends when everything is measured, or when the user asks it to stop. */
  void run(StageBoard board, Shutdown shutdown, PrintWriter out, @Nullable Path summaryFile)
      throws Exception {
    WordNetGlosses glosses = WordNetGlosses.load();
    if (records < 1 || records > glosses.traffic().size()) {
      throw new CommandFailedException(
          "--records " + records + ": expected 1 to " + glosses.traffic().size());
    }
    long trainedBefore = trainedSoFar();
    try (DeviceClient device = new DeviceClient(deviceSettings())) {
      device.listen(new Newest());
      device.start();
      Instant fed = Instant.now();
      FeedTask feed = new FeedTask(glosses.traffic().subList(0, records), shutdown);
      feed.start();
      while (feed.isAlive()) {
        tick(board, shutdown, feed);
      }
      feed.rethrow();
      double feedSeconds = Duration.between(fed, Instant.now()).toMillis() / 1e3;
      Instant lastProgress = Instant.now();
      long reached = -1;
      while (!shutdown.asked() && reached < records) {
        tick(board, shutdown, feed);
        long now = onDevice() - trainedBefore;
        if (now > reached) {
          reached = now;
          lastProgress = Instant.now();
        } else if (Duration.between(lastProgress, Instant.now()).compareTo(PATIENCE) > 0) {
          throw new CommandFailedException(
              "Only %,d of %,d records reached the device; nothing came for %d s"
                  .formatted(Math.max(0, reached), records, PATIENCE.toSeconds()));
        }
      }
      if (shutdown.asked()) {
        return;
      }
      out.println("scoring " + glosses.heldOut().size() + " held-out glosses");
      out.flush();
      DemoSummary summary = measure(glosses.heldOut(), device, feed, trainedBefore, feedSeconds);
      summary.table().forEach(out::println);
      out.flush();
      if (summaryFile != null) {
        summary.write(summaryFile);
      }
    }
  }

  private void tick(StageBoard board, Shutdown shutdown, FeedTask feed)
      throws InterruptedException {
    pipeline.requireHealthy();
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
                Locale.ROOT, "  %-10s %,8d of %,d sent", "traffic", feed.accepted(), records)));
    shutdown.await(REDRAW);
  }

  private DemoSummary measure(
      List<LabelledText> heldOut,
      DeviceClient device,
      FeedTask feed,
      long trainedBefore,
      double feedSeconds)
      throws Exception {
    Installation newest = Objects.requireNonNull(installed.get());
    List<String> texts = heldOut.stream().map(LabelledText::text).toList();
    Answers onDevice =
        new Answers(device.predictAll(texts).stream().map(Prediction::label).toList());
    Checkpoint checkpoint = Objects.requireNonNull(checkpoints().get(newest.version()));
    HeldOutScores scores =
        HeldOutScores.of(
            heldOut.stream().map(LabelledText::label).toList(),
            teacherAnswers(texts),
            studentAnswers(checkpoint.getOnnx(), texts),
            onDevice);
    Freshness freshness =
        Freshness.read(
            pipeline.cluster().connection(),
            pipeline.context().wire().codec(Topics.DEVICE_REPORTS, pipeline.cluster().pipeline()),
            DEVICE,
            begun);
    return new DemoSummary(
        feed.accepted(),
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

  private Answers teacherAnswers(List<String> texts) {
    try (Teacher teacher = TeacherSettings.from(settings).openTeacher()) {
      float[][] logits = SortedBatches.logits(teacher, texts, 32);
      return answers(logits, teacher.labels());
    }
  }

  private Answers studentAnswers(BlobRef onnx, List<String> texts)
      throws IOException, DamagedBlobException, UnusableModelException {
    Path file = pipeline.context().folder("demo").resolve("student-fp32.onnx");
    new BlobReader(
            pipeline.cluster().connection(),
            pipeline.context().wire().codec(Topics.CHECKPOINT_BLOBS, pipeline.cluster().pipeline()))
        .fetch(onnx, file);
    try (OnnxClassifier student = OnnxClassifier.open(file)) {
      return answers(student.logits(texts), student.labels());
    }
  }

  private static Answers answers(float[][] logits, LabelSpace labels) {
    return new Answers(
        Arrays.stream(logits)
            .map(
                row ->
                    labels.label(
                        IntStream.range(0, row.length)
                            .reduce((a, b) -> row[b] > row[a] ? b : a)
                            .orElseThrow()))
            .toList());
  }

  private NavigableMap<Long, Checkpoint> checkpoints() throws UndecodableRecordException {
    return CheckpointHistory.read(
        pipeline.cluster().connection(),
        pipeline.context().wire().codec(Topics.CHECKPOINTS, pipeline.cluster().pipeline()),
        MODEL);
  }

  private long trainedSoFar() throws UndecodableRecordException {
    NavigableMap<Long, Checkpoint> checkpoints = checkpoints();
    return checkpoints.isEmpty() ? 0 : checkpoints.lastEntry().getValue().getRecordsTrained();
  }

  private long onDevice() {
    Installation newest = installed.get();
    return newest == null ? 0 : newest.recordsTrained();
  }

  private DeviceSettings deviceSettings() {
    ClusterSettings cluster = pipeline.cluster();
    return DeviceSettings.of(
        DEVICE,
        MODEL,
        CHANNEL,
        cluster.dataFolder().resolve("devices").resolve(DEVICE),
        cluster.connection(),
        cluster.pipeline());
  }

  /** Remembers what runs on the device. */
  private final class Newest implements DeviceListener {

    @Override
    public void installed(Installation installation) {
      installed.set(installation);
    }
  }

  /** Sends the traffic on a thread of its own. */
  private final class FeedTask extends Thread {

    private final List<LabelledText> texts;
    private final Shutdown shutdown;
    private final HttpFeed feed =
        new HttpFeed(
            "http://127.0.0.1:" + TeacherSettings.from(settings).httpPort(), CALLS, PATIENCE);
    private volatile @Nullable Exception failure;

    FeedTask(List<LabelledText> texts, Shutdown shutdown) {
      super("demo-traffic");
      this.texts = texts;
      this.shutdown = shutdown;
    }

    @Override
    public void run() {
      // Ids differ from run to run: in a folder that has seen the demo the same glosses are new
      // traffic.
      String prefix = "gloss-" + begun.getEpochSecond() + "-";
      Iterator<TrafficItem> items =
          IntStream.range(0, texts.size())
              .mapToObj(
                  i ->
                      new TrafficItem(
                          prefix + i, texts.get(i).text(), Optional.of(texts.get(i).label())))
              .iterator();
      try (feed) {
        new TrafficSender(feed, new Pace(rate, System::nanoTime), TEXTS_PER_CALL)
            .send(items, () -> !shutdown.asked());
      } catch (FeedException e) {
        failure = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    long accepted() {
      return feed.accepted();
    }

    void rethrow() throws Exception {
      Exception thrown = failure;
      if (thrown != null) {
        throw thrown;
      }
    }
  }
}
