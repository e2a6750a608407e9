package io.distillstream.monitor.view;

import io.distillstream.avro.AveragedScore;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.DurationCounts;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.HeldOutScore;
import io.distillstream.avro.HeldOutScores;
import io.distillstream.avro.IncumbentComparison;
import io.distillstream.avro.LabelScore;
import io.distillstream.avro.LegTimes;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.StageReport;
import io.distillstream.avro.TrainingEvent;
import io.distillstream.avro.TrainingEventKind;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.monitor.freshness.FreshnessObjective;
import io.distillstream.wire.payload.DurationHistogram;
import io.distillstream.wire.update.TestUpdates;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Records as the stages write them. */
public final class TestRecords {

  public static final String MODEL = "student";

  private static final List<String> LABELS =
      List.of(
          "noun.animal",
          "noun.plant",
          "noun.person",
          "noun.substance",
          "noun.body",
          "noun.food",
          "noun.artifact",
          "noun.location",
          "noun.group",
          "noun.time",
          "noun.event",
          "noun.state",
          "noun.act",
          "noun.feeling",
          "noun.attribute",
          "noun.cognition");

  private TestRecords() {}

  public static StageReport stage(String stage, Instant at, String counter, long count) {
    return stage(stage, at, Map.of(counter, count), Map.of(), Map.of());
  }

  public static StageReport stage(
      String stage,
      Instant at,
      Map<String, Long> counters,
      Map<String, Double> gauges,
      Map<String, String> notes) {
    return new StageReport(stage, "i1", at, counters, gauges, notes);
  }

  public static final FreshnessObjective OBJECTIVE = FreshnessObjective.parse("95% < 60s");

  public static Checkpoint checkpoint(long version, long records, double agreement, double kl) {
    return Checkpoint.newBuilder()
        .setModel(MODEL)
        .setVersion(version)
        .setParentVersion(version - 1)
        .setLabelSpace("f00d")
        .setLabels(List.of("animal", "food"))
        .setState(blob("state-" + version, 40_000_000))
        .setOnnx(blob("onnx-" + version, 16_200_000))
        .setOffsets(List.of(new OffsetRange(0, records - 1_000, records)))
        .setSteps(records / 32)
        .setRecordsTrained(records)
        .setLineageDigest(1L)
        .setEventTimes(new EventTimes(100, List.of(), List.of()))
        .setTeacherVersions(Map.of("minilm", "5d9cfc4a4a0d"))
        .setTraining(progress(records, agreement, kl))
        .setOnnxMaxAbsDifference(2e-6)
        .setCreatedAt(Instant.now())
        .build();
  }

  public static ModelUpdate update(
      long version, long records, double agreement, Instant publishedAt) {
    return TestUpdates.update(MODEL, "stable", version)
        .setArtifact(blob("artifact-" + version, 4_160_000))
        .setFp32Bytes(16_200_000)
        .setQuality(new GateResult(512, 0.9961, 0.031, 0.82))
        .setTraining(progress(records, agreement, 0.4))
        .setRecordsTrained(records)
        .setCheckpointCreatedAt(publishedAt)
        .setPublishedAt(publishedAt)
        .build();
  }

  /** An installation whose {@code records} were received {@code age} before it. */
  public static DeviceReport installed(
      String device, long version, Instant at, Duration age, long records) {
    long start = at.minus(age).toEpochMilli();
    return report(device, version, at, DeviceEvent.INSTALLED)
        .setEventTimes(new EventTimes(100, List.of(start), List.of(records)))
        .build();
  }

  /** An installation whose records were received evenly between {@code newest} and that before. */
  public static DeviceReport installed(
      String device, long version, Instant at, Duration newest, Duration oldest, long records) {
    int buckets = 40;
    List<Long> starts = new ArrayList<>();
    for (int i = buckets; i > 0; i--) {
      long span = oldest.minus(newest).toMillis();
      starts.add(at.toEpochMilli() - newest.toMillis() - span * i / buckets);
    }
    return report(device, version, at, DeviceEvent.INSTALLED)
        .setEventTimes(new EventTimes(100, starts, Collections.nCopies(buckets, records / buckets)))
        .build();
  }

  public static DeviceReport rejected(String device, long version, Instant at, String reason) {
    return report(device, version, at, DeviceEvent.REJECTED).setReason(reason).build();
  }

  private static DeviceReport.Builder report(
      String device, long version, Instant at, DeviceEvent event) {
    return DeviceReport.newBuilder()
        .setDeviceId(device)
        .setModel(MODEL)
        .setChannel("stable")
        .setVersion(version)
        .setEvent(event)
        .setEventTimes(new EventTimes(100, List.of(), List.of()))
        .setAnswersServed(10)
        .setAt(at);
  }

  /** As where too few records were scored with the averaged weights. */
  public static ModelUpdate withoutAverage(ModelUpdate update) {
    return ModelUpdate.newBuilder(update)
        .setTraining(
            TrainingProgress.newBuilder(update.getTraining()).setPrequentialAveraged(null).build())
        .build();
  }

  /** The same, whose records took 1, 2, 3 and 4 s on the legs that the trainer knows. */
  public static Checkpoint withLegs(Checkpoint checkpoint, long records, Instant createdAt) {
    return Checkpoint.newBuilder(checkpoint)
        .setLegTimes(
            new LegTimes(took(1, records), took(2, records), took(3, records), took(4, records)))
        .setCreatedAt(createdAt)
        .build();
  }

  private static DurationCounts took(long seconds, long records) {
    DurationHistogram durations = new DurationHistogram();
    durations.add(Duration.ofSeconds(seconds), records);
    return durations.toAvro();
  }

  /** The same with scores of held-out records; those of the newest weights are a point lower. */
  public static Checkpoint heldOut(Checkpoint checkpoint, double agreement, double kl) {
    return Checkpoint.newBuilder(checkpoint)
        .setTraining(heldOut(checkpoint.getTraining(), agreement, kl))
        .setReplayedTrained(checkpoint.getRecordsTrained() * 9 / 10)
        .setHeldOutRecords(checkpoint.getRecordsTrained() / 20)
        .build();
  }

  /** The same with scores of held-out records. */
  public static ModelUpdate heldOut(ModelUpdate update, double agreement, double kl) {
    return ModelUpdate.newBuilder(update)
        .setTraining(heldOut(update.getTraining(), agreement, kl))
        .build();
  }

  private static TrainingProgress heldOut(TrainingProgress progress, double agreement, double kl) {
    Map<String, LabelScore> byLabel = new TreeMap<>();
    for (int i = 0; i < LABELS.size(); i++) {
      double ofLabel = Math.min(1, agreement + 0.15 - 0.02 * i);
      byLabel.put(LABELS.get(i), new LabelScore(125, ofLabel, kl, agreement, null, 0.032));
    }
    HeldOutScore published =
        HeldOutScore.newBuilder()
            .setRecords(2_000)
            .setAgreement(agreement)
            .setKl(kl)
            .setAccuracy(agreement - 0.03)
            .setEce(0.041)
            .setTeacherEce(0.032)
            .setLabels(byLabel)
            .build();
    HeldOutScore newest =
        HeldOutScore.newBuilder()
            .setRecords(500)
            .setAgreement(agreement - 0.01)
            .setKl(kl + 0.01)
            .build();
    return TrainingProgress.newBuilder(progress)
        .setHeldOut(new HeldOutScores(published, newest))
        .build();
  }

  /** The same, compared with an incumbent on 2,000 records. */
  public static ModelUpdate compared(ModelUpdate update, long incumbent, double difference) {
    return ModelUpdate.newBuilder(update)
        .setIncumbent(
            IncumbentComparison.newBuilder()
                .setVersion(incumbent)
                .setSamples(2_000)
                .setAgreement(0.80)
                .setIncumbentAgreement(0.80 - difference)
                .setLowerBound(difference - 0.008)
                .setMargin(0.01)
                .setLooks(1)
                .setWorstClass("noun.food")
                .setWorstClassDifference(-0.015)
                .build())
        .build();
  }

  /** A candidate of this version that was refused, four points worse than its incumbent. */
  public static TrainingEvent refused(long version, long records, long incumbent, Instant at) {
    return event(
            TrainingEventKind.REFUSED,
            version,
            records,
            "agreement 0.760 against 0.800 of version %d".formatted(incumbent),
            at)
        .setChannel("stable")
        .setDetails(
            Map.of(
                "incumbent", (double) incumbent,
                "agreement", 0.76,
                "incumbent_agreement", 0.80,
                "difference", -0.04,
                "lower_bound", -0.052,
                "margin", 0.01,
                "looks", 2.0,
                "samples", 2_000.0))
        .build();
  }

  /** Something that happened in training. */
  public static TrainingEvent.Builder event(
      TrainingEventKind kind, long version, long records, String message, Instant at) {
    return TrainingEvent.newBuilder()
        .setModel(MODEL)
        .setKind(kind)
        .setVersion(version)
        .setRecords(records)
        .setMessage(message)
        .setDetails(Map.of())
        .setAt(at);
  }

  /** The averaged weights agree in 2 points more than the newest. */
  private static TrainingProgress progress(long records, double agreement, double kl) {
    double temperature = Math.max(2, 8 - records / 2_500.0);
    return TrainingProgress.newBuilder()
        .setPrequentialAgreement(agreement)
        .setPrequentialKl(kl)
        .setPrequentialAveraged(
            AveragedScore.newBuilder()
                .setRecords(records / 20)
                .setAgreement(agreement + 0.02)
                .setKl(kl - 0.05)
                .build())
        .setLoss(1.2)
        .setTemperature(temperature)
        .setAlpha(0.9)
        .setLearningRate(1e-3)
        .build();
  }

  private static BlobRef blob(String id, long bytes) {
    return new BlobRef(id, bytes, "00".repeat(32), 8, 0, 0L);
  }
}
