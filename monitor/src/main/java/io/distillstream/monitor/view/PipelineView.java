package io.distillstream.monitor.view;

import io.distillstream.avro.AveragedScore;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.StageReport;
import io.distillstream.avro.TrainingProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state of a pipeline as its records tell it. Fed with records, asked for snapshots; touches
 * neither Kafka nor HTTP nor a clock. Every history in it is bounded. Not thread-safe.
 */
public final class PipelineView {

  private static final int MAX_POINTS = 1_024;
  private static final int MAX_VERSIONS = 20;
  private static final int MAX_DEAD_LETTERS = 5;

  /** Updates in the order of their versions; channels may share one. */
  private record UpdateKey(long version, String channel) implements Comparable<UpdateKey> {

    @Override
    public int compareTo(UpdateKey other) {
      int byVersion = Long.compare(version, other.version);
      return byVersion != 0 ? byVersion : channel.compareTo(other.channel);
    }
  }

  private final String pipeline;
  private final String model;
  private final Map<WatchedStage, StageView> stages = new EnumMap<>(WatchedStage.class);
  private final Map<WatchedStage, Long> lags = new EnumMap<>(WatchedStage.class);
  private final Trace training = new Trace(9, MAX_POINTS);
  private final TreeMap<UpdateKey, ModelUpdate> updates = new TreeMap<>();
  private final DeviceView devices;
  private final Deque<Status.DeadLetter> deadLetters = new ArrayDeque<>();
  private long deadLetterCount;
  private @Nullable Checkpoint checkpoint;
  private boolean connected;
  private long revision;

  /**
   * @param model whose checkpoints, updates and device reports count; others are ignored
   * @param recent span of the recent freshness figures
   */
  public PipelineView(String pipeline, String model, Duration recent) {
    this.pipeline = pipeline;
    this.model = model;
    this.devices = new DeviceView(recent);
    for (WatchedStage stage : WatchedStage.values()) {
      stages.put(stage, new StageView(stage));
    }
  }

  /** What a stage says of itself. */
  public void stage(StageReport report) {
    WatchedStage.of(report.getStage()).ifPresent(stage -> view(stage).report(report));
  }

  /** A checkpoint of any model; others than the watched one are left out. */
  public void checkpoint(Checkpoint next) {
    // Nothing new is in a checkpoint that was sent again, unless its original is gone.
    if (!next.getModel().equals(model) || (next.getCopy() && checkpoint != null)) {
      return;
    }
    checkpoint = next;
    TrainingProgress progress = next.getTraining();
    Double accuracy = progress.getPrequentialAccuracy();
    AveragedScore averaged = progress.getPrequentialAveraged();
    training.add(
        (double) next.getRecordsTrained(),
        progress.getPrequentialAgreement(),
        progress.getPrequentialKl(),
        accuracy == null ? Double.NaN : accuracy,
        progress.getLoss(),
        progress.getTemperature(),
        progress.getAlpha(),
        averaged == null ? Double.NaN : averaged.getAgreement(),
        averaged == null ? Double.NaN : averaged.getKl());
    revision++;
  }

  /** An update of any model and channel. */
  public void update(ModelUpdate update) {
    if (!update.getModel().equals(model)) {
      return;
    }
    updates.put(new UpdateKey(update.getVersion(), update.getChannel()), update);
    if (updates.size() > MAX_VERSIONS) {
      updates.pollFirstEntry();
    }
  }

  /** What a device says of itself. */
  public void device(DeviceReport report) {
    if (report.getModel().equals(model) && devices.report(report)) {
      revision++;
    }
  }

  /** A record that a stage could not use. */
  public void deadLetter(Instant at, String topic, String error) {
    deadLetterCount++;
    deadLetters.addFirst(new Status.DeadLetter(at.toString(), topic, error));
    if (deadLetters.size() > MAX_DEAD_LETTERS) {
      deadLetters.removeLast();
    }
  }

  /** Lag of the stages that have a consumer group, in records. */
  public void lags(Map<WatchedStage, Long> measured) {
    lags.clear();
    lags.putAll(measured);
  }

  /** Whether the topics could be read just now. */
  public void connected(boolean now) {
    connected = now;
  }

  Status status(Instant now) {
    Status.Devices known = devices.status(this::newestOfChannel);
    List<Status.StageStatus> stageStatus =
        stages.entrySet().stream()
            .map(entry -> entry.getValue().status(now, lag(entry.getKey(), known)))
            .toList();
    return new Status(
        pipeline,
        model,
        now.toString(),
        connected,
        stageStatus,
        trainingStatus(now),
        updates.descendingMap().values().stream().map(this::version).toList(),
        devices.freshness(now),
        known,
        new Status.DeadLetterStatus(deadLetterCount, List.copyOf(deadLetters)));
  }

  /** Changes whenever {@link #history} does. */
  long historyRevision() {
    return revision;
  }

  History history() {
    History.TrainingSeries series =
        new History.TrainingSeries(
            training.column(0),
            training.column(1),
            training.column(2),
            known(training.column(3)),
            training.column(4),
            training.column(5),
            training.column(6),
            known(training.column(7)),
            known(training.column(8)));
    return new History(series, devices.history());
  }

  private static List<@Nullable Double> known(List<Double> column) {
    return column.stream().<@Nullable Double>map(v -> v.isNaN() ? null : v).toList();
  }

  private @Nullable Long lag(WatchedStage stage, Status.Devices known) {
    if (stage != WatchedStage.DEVICE) {
      return lags.get(stage);
    }
    return known.known() == 0 ? null : Long.valueOf(known.known() - known.current());
  }

  private long newestOfChannel(String channel) {
    return updates.descendingMap().values().stream()
        .filter(update -> update.getChannel().equals(channel))
        .mapToLong(ModelUpdate::getVersion)
        .findFirst()
        .orElse(0);
  }

  private Status.Training trainingStatus(Instant now) {
    Checkpoint last = checkpoint;
    TrainingProgress progress = last == null ? null : last.getTraining();
    AveragedScore averaged = progress == null ? null : progress.getPrequentialAveraged();
    StageView trainer = view(WatchedStage.TRAINER);
    return new Status.Training(
        last == null ? null : last.getVersion(),
        last == null ? null : last.getRecordsTrained(),
        last == null ? null : last.getCreatedAt().toString(),
        first(
            trainer.gauge("prequential_agreement", now),
            progress == null ? null : progress.getPrequentialAgreement()),
        first(
            trainer.gauge("prequential_kl", now),
            progress == null ? null : progress.getPrequentialKl()),
        first(
            trainer.gauge("prequential_averaged_agreement", now),
            averaged == null ? null : averaged.getAgreement()),
        first(
            trainer.gauge("prequential_averaged_kl", now),
            averaged == null ? null : averaged.getKl()),
        first(trainer.gauge("loss", now), progress == null ? null : progress.getLoss()),
        first(
            trainer.gauge("temperature", now), progress == null ? null : progress.getTemperature()),
        first(trainer.gauge("alpha", now), progress == null ? null : progress.getAlpha()),
        first(
            trainer.gauge("learning_rate", now),
            progress == null ? null : progress.getLearningRate()));
  }

  private Status.Version version(ModelUpdate update) {
    AveragedScore averaged = update.getTraining().getPrequentialAveraged();
    return new Status.Version(
        update.getVersion(),
        update.getChannel(),
        update.getPrecision(),
        update.getRecordsTrained(),
        update.getArtifact().getSizeBytes(),
        update.getFp32Bytes(),
        update.getQuality().getAgreement(),
        update.getTraining().getPrequentialAgreement(),
        averaged == null ? null : averaged.getAgreement(),
        update.getQuality().getLatencyRatio(),
        update.getPublishedAt().toString(),
        devices.running(update.getChannel(), update.getVersion()));
  }

  private StageView view(WatchedStage stage) {
    return Objects.requireNonNull(stages.get(stage));
  }

  private static @Nullable Double first(@Nullable Double live, @Nullable Double recorded) {
    return live == null ? recorded : live;
  }
}
