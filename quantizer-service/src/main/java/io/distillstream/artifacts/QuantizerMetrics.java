package io.distillstream.artifacts;

import io.distillstream.artifacts.candidate.CheckpointCandidate;
import io.distillstream.artifacts.comparison.Judgement;
import io.distillstream.artifacts.delta.DeltaChain;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.quantization.gate.LatencyRatio;
import io.distillstream.quantization.gate.Measurements;
import io.distillstream.runtime.StageMetrics;
import java.util.OptionalLong;

/**
 * What the stage says of one channel. Counters are those of the stage; figures and notes of any
 * channel but the first carry its name. Written by the channel's thread, read by the reporter's.
 */
final class QuantizerMetrics {
  private final StageMetrics stage;
  private final String suffix;
  private volatile double publishedVersion = Double.NaN;
  private volatile double artifactBytes = Double.NaN;
  private volatile double fp32Bytes = Double.NaN;
  private volatile double deltaBytes = Double.NaN;
  private volatile double agreement = Double.NaN;
  private volatile double latencyRatio = Double.NaN;
  private volatile double incumbentDifference = Double.NaN;
  private volatile double incumbentLowerBound = Double.NaN;

  private QuantizerMetrics(StageMetrics stage, String suffix) {
    this.stage = stage;
    this.suffix = suffix;
    stage.gauge(
        "published_version" + suffix,
        "Version of the newest published artifact.",
        () -> publishedVersion);
    stage.gauge(
        "artifact_bytes" + suffix, "Bytes of the newest published artifact.", () -> artifactBytes);
    stage.gauge(
        "fp32_bytes" + suffix, "Bytes of the fp32 model that it was made from.", () -> fp32Bytes);
    stage.gauge(
        "delta_bytes" + suffix,
        "Bytes of the delta from the artifact published before the newest one to it.",
        () -> deltaBytes);
    stage.gauge(
        "gate_agreement" + suffix,
        "Share of texts on which the last candidate and its fp32 checkpoint agree.",
        () -> agreement);
    stage.gauge(
        "latency_ratio" + suffix,
        "Latency of the last candidate over that of its fp32 checkpoint.",
        () -> latencyRatio);
    stage.gauge(
        "incumbent_difference" + suffix,
        "Overlap with the teacher's distribution of the candidate compared last minus that of what"
            + " devices ran, on held-out requests.",
        () -> incumbentDifference);
    stage.gauge(
        "incumbent_lower_bound" + suffix,
        "Lower confidence bound of that difference.",
        () -> incumbentLowerBound);
  }

  static QuantizerMetrics ofFirst(StageMetrics stage) {
    return new QuantizerMetrics(stage, "");
  }

  static QuantizerMetrics ofOther(StageMetrics stage, String channel) {
    return new QuantizerMetrics(stage, "." + channel);
  }

  /** An update that devices can get, also one of an earlier run. */
  void available(ModelUpdate update) {
    publishedVersion = update.getVersion();
    artifactBytes = update.getArtifact().getSizeBytes();
    fp32Bytes = update.getFp32Bytes();
    OptionalLong delta = DeltaChain.newestBytes(update);
    deltaBytes = delta.isPresent() ? delta.getAsLong() : Double.NaN;
    agreement = update.getQuality().getAgreement();
    latencyRatio = update.getQuality().getLatencyRatio();
    stage.note("precision" + suffix, update.getPrecision());
  }

  void published(ModelUpdate update) {
    available(update);
    stage.counter("artifacts_published", "Artifacts published.").increment();
  }

  void rejected(CheckpointCandidate candidate) {
    measured(candidate);
    stage.counter("artifacts_rejected", "Candidates that the gate refused.").increment();
    stage.note(
        "last_rejection" + suffix,
        candidate.checkpoint().getVersion() + ": " + candidate.choice().reason());
  }

  /** A candidate was compared with what devices run. */
  void compared(CheckpointCandidate candidate, Judgement judgement) {
    measured(candidate);
    incumbentDifference = judgement.comparison().difference();
    incumbentLowerBound = judgement.comparison().lowerBound();
    if (!judgement.passed()) {
      stage
          .counter(
              "candidates_worse",
              "Candidates not published because they were not shown to be as good as what devices"
                  + " run.")
          .increment();
      stage.note("last_rejection" + suffix, judgement.message());
    }
  }

  private void measured(CheckpointCandidate candidate) {
    Measurements measured = candidate.choice().best().measured();
    agreement = measured.quality().agreement();
    latencyRatio = measured.latency().map(LatencyRatio::median).orElse(Double.NaN);
  }

  void unusable(long version, String reason) {
    stage.counter("checkpoints_unusable", "Checkpoints that could not be quantized.").increment();
    stage.note("last_unusable" + suffix, version + ": " + reason);
  }

  void read(CheckpointQueue.Batch batch) {
    stage
        .counter("checkpoints_superseded", "Checkpoints passed over for a newer one.")
        .increment(batch.superseded());
    stage
        .counter(
            "dead_letters",
            "Records that cannot be read, or are not the trainer's, and became dead letters.")
        .increment(batch.deadLetters().size());
  }
}
