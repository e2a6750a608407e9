package io.distillstream.quantizer;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.runtime.StageMetrics;

/** What the stage says of itself. Written by the service's thread, read by the reporter's. */
final class QuantizerMetrics {
  private final StageMetrics stage;
  private volatile double publishedVersion = Double.NaN;
  private volatile double artifactBytes = Double.NaN;
  private volatile double fp32Bytes = Double.NaN;
  private volatile double agreement = Double.NaN;
  private volatile double latencyRatio = Double.NaN;

  QuantizerMetrics(StageMetrics stage) {
    this.stage = stage;
    stage.gauge("published_version", () -> publishedVersion);
    stage.gauge("artifact_bytes", () -> artifactBytes);
    stage.gauge("fp32_bytes", () -> fp32Bytes);
    stage.gauge("gate_agreement", () -> agreement);
    stage.gauge("latency_ratio", () -> latencyRatio);
  }

  /** An update that devices can get, also one of an earlier run. */
  void available(ModelUpdate update) {
    publishedVersion = update.getVersion();
    artifactBytes = update.getArtifact().getSizeBytes();
    fp32Bytes = update.getFp32Bytes();
    agreement = update.getQuality().getAgreement();
    latencyRatio = update.getQuality().getLatencyRatio();
    stage.note("precision", update.getPrecision());
  }

  void published(ModelUpdate update) {
    available(update);
    stage.counter("artifacts_published").increment();
  }

  void rejected(long version, GateVerdict verdict) {
    agreement = verdict.agreement();
    latencyRatio = verdict.latencyRatio();
    stage.counter("artifacts_rejected").increment();
    stage.note("last_rejection", version + ": " + String.join("; ", verdict.violations()));
  }

  void unusable(long version, String reason) {
    stage.counter("checkpoints_unusable").increment();
    stage.note("last_unusable", version + ": " + reason);
  }

  void read(CheckpointQueue.Batch batch) {
    stage.counter("checkpoints_superseded").increment(batch.superseded());
    stage.counter("dead_letters").increment(batch.deadLetters().size());
  }
}
