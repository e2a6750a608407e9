package io.distillstream.monitor.view;

import io.distillstream.avro.AveragedScore;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.HeldOutScores;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.StageReport;
import io.distillstream.avro.TrainingEvent;
import io.distillstream.lag.GroupLag;
import io.distillstream.lag.Lag;
import io.distillstream.monitor.freshness.FreshnessObjective;
import io.distillstream.monitor.freshness.FreshnessView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The state of a pipeline as its records tell it. Fed with records, asked for snapshots; touches
 * neither Kafka nor HTTP nor a clock. Every history in it is bounded. Not thread-safe.
 */
public final class PipelineView {

  private static final int MAX_VERSIONS = 20;
  private static final int MAX_DEAD_LETTERS = 5;

  private final String pipeline;
  private final String model;
  private final Map<WatchedStage, StageView> stages = new EnumMap<>(WatchedStage.class);
  private final Map<WatchedStage, Lag> lags = new EnumMap<>(WatchedStage.class);
  private List<GroupLag> groups = List.of();
  private final TrainingView training = new TrainingView();
  private final EventView events = new EventView();
  private final LineageView lineage = new LineageView();
  private final TreeMap<VersionKey, ModelUpdate> updates = new TreeMap<>();
  private final FreshnessView freshness;
  private final DeviceView devices;
  private final Deque<Status.DeadLetter> deadLetters = new ArrayDeque<>();
  private long deadLetterCount;
  private boolean connected;
  private long revision;

  /**
   * @param model whose checkpoints, updates and device reports count; others are ignored
   * @param recent span of the recent freshness figures
   * @param objective for the freshness
   */
  public PipelineView(
      String pipeline, String model, Duration recent, FreshnessObjective objective) {
    this.pipeline = pipeline;
    this.model = model;
    this.freshness = new FreshnessView(recent, objective);
    this.devices = new DeviceView(freshness);
    for (WatchedStage stage : WatchedStage.values()) {
      stages.put(stage, new StageView(stage));
    }
  }

  /**
   * What a stage says of itself.
   *
   * @param heardAt by the clock of whoever watches
   */
  public void stage(StageReport report, Instant heardAt) {
    WatchedStage.of(report.getStage()).ifPresent(stage -> view(stage).report(report, heardAt));
  }

  /** A checkpoint of any model; others than the watched one are left out. */
  public void checkpoint(Checkpoint next) {
    if (!next.getModel().equals(model)) {
      return;
    }
    freshness.checkpoint(next);
    lineage.checkpoint(next);
    if (training.checkpoint(next)) {
      revision++;
    }
  }

  /** What happened to any model's student. */
  public void event(TrainingEvent event) {
    if (event.getModel().equals(model)) {
      events.happened(event);
      revision++;
    }
  }

  /** An update of any model and channel. */
  public void update(ModelUpdate update) {
    if (!update.getModel().equals(model)) {
      return;
    }
    freshness.update(update);
    updates.put(new VersionKey(update.getVersion(), update.getChannel()), update);
    if (updates.size() > MAX_VERSIONS) {
      updates.remove(mostDispensable());
    }
  }

  /** The oldest; not what devices run on a channel that stands still while others go on. */
  private VersionKey mostDispensable() {
    return updates.keySet().stream()
        .filter(key -> key.version() < newestOfChannel(key.channel()))
        .findFirst()
        .orElseGet(updates::firstKey);
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

  /** Lag of the stages that have a consumer group, and of every group that is watched. */
  public void lags(Map<WatchedStage, Lag> measured, List<GroupLag> watched) {
    lags.clear();
    lags.putAll(measured);
    groups = watched;
  }

  /** Whether the topics could be read just now. */
  public void connected(boolean now) {
    connected = now;
  }

  Status status(Instant now) {
    Status.Devices known = devices.status(this::newestOfChannel);
    List<Status.StageStatus> stageStatus =
        stages.entrySet().stream()
            .filter(entry -> !entry.getKey().optional() || entry.getValue().known())
            .map(entry -> entry.getValue().status(now, lag(entry.getKey(), known)))
            .toList();
    return new Status(
        pipeline,
        model,
        now.toString(),
        connected,
        stageStatus,
        groups,
        training.status(view(WatchedStage.TRAINER), now),
        updates.descendingMap().values().stream().map(this::version).toList(),
        events.latestRefusals(),
        events.latest(),
        events.counts(),
        freshness.status(now),
        known,
        new Status.DeadLetterStatus(deadLetterCount, List.copyOf(deadLetters)));
  }

  /** How old records were when devices had learned them. */
  FreshnessView freshness() {
    return freshness;
  }

  /** Of the versions in the status, the newest first; the same list until one of them changes. */
  List<Lineage> lineage() {
    Set<Long> versions = new TreeSet<>(Comparator.reverseOrder());
    updates.keySet().forEach(key -> versions.add(key.version()));
    events.latestRefusals().forEach(refusal -> versions.add(refusal.version()));
    return lineage.of(versions);
  }

  /** Changes whenever {@link #history} does. */
  long historyRevision() {
    return revision;
  }

  History history() {
    return new History(
        training.history(),
        events.refusals(training.firstVersion(), training.newestVersion()),
        devices.history());
  }

  private @Nullable Lag lag(WatchedStage stage, Status.Devices known) {
    if (stage != WatchedStage.DEVICE) {
      return lags.get(stage);
    }
    return known.known() == 0 ? null : new Lag(known.known() - known.current(), null, true, 0);
  }

  private long newestOfChannel(String channel) {
    return updates.descendingMap().values().stream()
        .filter(update -> update.getChannel().equals(channel))
        .mapToLong(ModelUpdate::getVersion)
        .findFirst()
        .orElse(0);
  }

  private Status.Version version(ModelUpdate update) {
    AveragedScore averaged = update.getTraining().getPrequentialAveraged();
    HeldOutScores heldOut = update.getTraining().getHeldOut();
    return new Status.Version(
        update.getVersion(),
        update.getChannel(),
        update.getPrecision(),
        update.getTargetsMetadata() != null,
        update.getRecordsTrained(),
        update.getArtifact().getSizeBytes(),
        update.getFp32Bytes(),
        update.getQuality().getSamples(),
        update.getQuality().getAgreement(),
        update.getQuality().getMaxAbsDifference(),
        update.getTraining().getPrequentialAgreement(),
        averaged == null ? null : averaged.getAgreement(),
        heldOut == null ? null : heldOut.getPublished().getAgreement(),
        Comparison.of(update.getIncumbent()),
        update.getQuality().getLatencyRatio(),
        update.getPublishedAt().toString(),
        devices.running(update.getChannel(), update.getVersion()));
  }

  private StageView view(WatchedStage stage) {
    return Objects.requireNonNull(stages.get(stage));
  }
}
