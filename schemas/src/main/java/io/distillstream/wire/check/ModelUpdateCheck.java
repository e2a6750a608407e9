package io.distillstream.wire.check;

import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import java.util.List;

/** Manifests of artifacts, which devices act on. */
public final class ModelUpdateCheck {
  /** Far more steps than are worth their bytes. */
  private static final int MOST_DELTAS = 1_000;

  private ModelUpdateCheck() {}

  public static void check(ModelUpdate update) {
    Require.name("model", update.getModel());
    Require.name("channel", update.getChannel());
    Require.version("version", update.getVersion());
    Require.name("label_space", update.getLabelSpace());
    BlobChecks.reference("artifact", update.getArtifact());
    Require.count("fp32_bytes", update.getFp32Bytes());
    Require.count("quality.samples", update.getQuality().getSamples());
    Require.between(
        "synthetic_samples", update.getSyntheticSamples(), 0, update.getQuality().getSamples());
    deltas(update.getDeltas());
    probes(update.getProbe());
    Require.count("records_trained", update.getRecordsTrained());
    EventTimesCheck.check(update.getEventTimes());
    Require.time("checkpoint_created_at", update.getCheckpointCreatedAt());
    Require.time("published_at", update.getPublishedAt());
  }

  /** Whether they make a chain is for the device to see, which can do without. */
  private static void deltas(List<ArtifactDelta> deltas) {
    Require.between("deltas", deltas.size(), 0, MOST_DELTAS);
    for (ArtifactDelta delta : deltas) {
      Require.sha256("deltas.from_sha256", delta.getFromSha256());
      Require.sha256("deltas.to_sha256", delta.getToSha256());
      Require.name("deltas.codec", delta.getCodec());
      BlobChecks.reference("deltas.blob", delta.getBlob());
      Require.count("deltas.result_bytes", delta.getResultBytes());
    }
  }

  /** Without a probe a device could not tell whether the artifact works on it. */
  private static void probes(List<Probe> probes) {
    if (probes.isEmpty()) {
      throw new IllegalArgumentException("probe is empty, expected at least one input");
    }
    int outputs = probes.get(0).getLogits().size();
    Require.between("probe.logits", outputs, 1, Integer.MAX_VALUE);
    for (Probe probe : probes) {
      if (probe.getLogits().size() != outputs) {
        throw new IllegalArgumentException(
            "probe.logits has %d values in one input and %d in another"
                .formatted(outputs, probe.getLogits().size()));
      }
      probe.getLogits().forEach(logit -> Require.finite("probe.logits", logit));
    }
  }
}
