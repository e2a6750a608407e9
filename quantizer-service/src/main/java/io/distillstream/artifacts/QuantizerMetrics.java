package io.distillstream.artifacts;

import io.distillstream.artifacts.candidate.CheckpointCandidate;
import io.distillstream.artifacts.comparison.Judgement;
import io.distillstream.artifacts.delta.DeltaChain;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.quantization.gate.LatencyRatio;
import io.distillstream.quantization.gate.Measurements;
import io.distillstream.runtime.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.OptionalLong;
import java.util.function.DoubleSupplier;

/**
 * What the stage says of one channel. Counters are those of the stage; figures have the channel as
 * a label, and in stage reports those of any channel but the first carry its name, as notes do.
 * Written by the channel's thread, read by the reporter's.
 */
final class QuantizerMetrics {
  private final StageMetrics stage;
  private final String suffix;
  private final Tags labels;
  private final Counter published;
  private final Counter rejected;
  private final Counter worse;
  private final Counter unusable;
  private final Counter superseded;
  private final Counter deadLetters;
  private volatile double publishedVersion = Double.NaN;
  private volatile double artifactBytes = Double.NaN;
  private volatile double fp32Bytes = Double.NaN;
  private volatile double deltaBytes = Double.NaN;
  private volatile double agreement = Double.NaN;
  private volatile double syntheticSamples = Double.NaN;
  private volatile double latencyRatio = Double.NaN;
  private volatile double incumbentDifference = Double.NaN;
  private volatile double incumbentLowerBound = Double.NaN;

  private QuantizerMetrics(StageMetrics stage, String channel, String suffix) {
    this.stage = stage;
    this.suffix = suffix;
    labels = Tags.of("channel", channel);
    published = stage.counter("artifacts_published", "Artifacts published.");
    rejected = stage.counter("artifacts_rejected", "Candidates that the gate refused.");
    worse =
        stage.counter(
            "candidates_worse",
            "Candidates not published because they were not shown to be as good as what devices"
                + " run.");
    unusable = stage.counter("checkpoints_unusable", "Checkpoints that could not be quantized.");
    superseded =
        stage.counter("checkpoints_superseded", "Checkpoints passed over for a newer one.");
    deadLetters = stage.deadLetters();
    addGauges();
  }

  private void addGauges() {
    gauge("published_version", "Version of the newest published artifact.", () -> publishedVersion);
    gauge("artifact_bytes", "Bytes of the newest published artifact.", () -> artifactBytes);
    gauge("fp32_bytes", "Bytes of the fp32 model that it was made from.", () -> fp32Bytes);
    gauge(
        "delta_bytes",
        "Bytes of the delta from the artifact published before the newest one to it.",
        () -> deltaBytes);
    gauge(
        "gate_agreement",
        "Share of texts on which the last candidate and its fp32 checkpoint agree.",
        () -> agreement);
    gauge(
        "gate_synthetic_samples",
        "Texts made up for want of traffic among those that the newest published artifact was"
            + " judged by.",
        () -> syntheticSamples);
    gauge(
        "latency_ratio",
        "Latency of the last candidate over that of its fp32 checkpoint.",
        () -> latencyRatio);
    gauge(
        "incumbent_difference",
        "Overlap with the teacher's distribution of the candidate compared last minus that of what"
            + " devices ran, on held-out requests.",
        () -> incumbentDifference);
    gauge(
        "incumbent_lower_bound",
        "Lower confidence bound of that difference.",
        () -> incumbentLowerBound);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    stage.gauge(name + suffix, name, labels, help, value);
  }

  static QuantizerMetrics ofFirst(StageMetrics stage, String channel) {
    return new QuantizerMetrics(stage, channel, "");
  }

  static QuantizerMetrics ofOther(StageMetrics stage, String channel) {
    return new QuantizerMetrics(stage, channel, "." + channel);
  }

  /** An update that devices can get, also one of an earlier run. */
  void available(ModelUpdate update) {
    publishedVersion = update.getVersion();
    artifactBytes = update.getArtifact().getSizeBytes();
    fp32Bytes = update.getFp32Bytes();
    OptionalLong delta = DeltaChain.newestBytes(update);
    deltaBytes = delta.isPresent() ? delta.getAsLong() : Double.NaN;
    agreement = update.getQuality().getAgreement();
    syntheticSamples = update.getSyntheticSamples();
    latencyRatio = update.getQuality().getLatencyRatio();
    stage.note("precision" + suffix, update.getPrecision());
  }

  void published(ModelUpdate update) {
    available(update);
    published.increment();
  }

  void rejected(CheckpointCandidate candidate) {
    measured(candidate);
    rejected.increment();
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
      worse.increment();
      stage.note("last_rejection" + suffix, judgement.message());
    }
  }

  private void measured(CheckpointCandidate candidate) {
    Measurements measured = candidate.choice().best().measured();
    agreement = measured.quality().agreement();
    latencyRatio = measured.latency().map(LatencyRatio::median).orElse(Double.NaN);
  }

  void unusable(long version, String reason) {
    unusable.increment();
    stage.note("last_unusable" + suffix, version + ": " + reason);
  }

  void read(CheckpointQueue.Batch batch) {
    superseded.increment(batch.superseded());
    deadLetters.increment(batch.deadLetters().size());
  }
}
