package io.distillstream.monitor.view;

import io.distillstream.avro.AveragedScore;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.StageReport;
import io.distillstream.avro.TrainingProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Records as the stages write them. */
public final class TestRecords {

  public static final String MODEL = "student";

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

  public static Checkpoint checkpoint(long version, long records, double agreement, double kl) {
    return Checkpoint.newBuilder()
        .setModel(MODEL)
        .setVersion(version)
        .setParentVersion(version - 1)
        .setLabelSpace("f00d")
        .setLabels(List.of("animal", "food"))
        .setState(blob("state-" + version, 40_000_000))
        .setOnnx(blob("onnx-" + version, 16_200_000))
        .setOffsets(List.of())
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
    return ModelUpdate.newBuilder()
        .setModel(MODEL)
        .setChannel("stable")
        .setVersion(version)
        .setLabelSpace("f00d")
        .setArtifact(blob("artifact-" + version, 4_160_000))
        .setFormat("onnx")
        .setPrecision("int8-dynamic")
        .setFp32Bytes(16_200_000)
        .setQuality(new GateResult(512, 0.9961, 0.031, 0.82))
        .setProbe(List.of())
        .setTraining(progress(records, agreement, 0.4))
        .setRecordsTrained(records)
        .setEventTimes(new EventTimes(100, List.of(), List.of()))
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
    return new BlobRef(id, bytes, "00", 8, 0, 0L);
  }
}
