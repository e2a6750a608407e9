package io.distillstream.wire.check;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.LegTimes;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.Restored;
import java.util.List;

/** Manifests of checkpoints. */
public final class CheckpointCheck {
  private CheckpointCheck() {}

  public static void check(Checkpoint checkpoint) {
    Require.name("model", checkpoint.getModel());
    Require.version("version", checkpoint.getVersion());
    Require.between(
        "parent_version", checkpoint.getParentVersion(), 0, checkpoint.getVersion() - 1);
    Require.name("label_space", checkpoint.getLabelSpace());
    if (checkpoint.getLabels().isEmpty()) {
      throw new IllegalArgumentException("labels is empty, expected at least one");
    }
    BlobChecks.reference("state", checkpoint.getState());
    BlobChecks.reference("onnx", checkpoint.getOnnx());
    offsets("offsets", checkpoint.getOffsets());
    Require.count("steps", checkpoint.getSteps());
    Require.count("records_trained", checkpoint.getRecordsTrained());
    Require.count("replayed_trained", checkpoint.getReplayedTrained());
    Require.count("held_out_records", checkpoint.getHeldOutRecords());
    Require.count("corrected_trained", checkpoint.getCorrectedTrained());
    Require.count("augmented_sent", checkpoint.getAugmentedSent());
    Require.count("synthetic_trained", checkpoint.getSyntheticTrained());
    EventTimesCheck.check(checkpoint.getEventTimes());
    LegTimes legs = checkpoint.getLegTimes();
    if (legs != null) {
      DurationsCheck.check("leg_times.labelled", legs.getLabelled());
      DurationsCheck.check("leg_times.joined", legs.getJoined());
      DurationsCheck.check("leg_times.trained", legs.getTrained());
      DurationsCheck.check("leg_times.checkpointed", legs.getCheckpointed());
    }
    Require.time("created_at", checkpoint.getCreatedAt());
    checkpoint.getWantedVersions().forEach(version -> Require.version("wanted_versions", version));
    Restored restored = checkpoint.getRestored();
    if (restored != null) {
      Require.version("restored.newest_version", restored.getNewestVersion());
      offsets("restored.skipped", restored.getSkipped());
    }
  }

  private static void offsets(String field, List<OffsetRange> ranges) {
    for (OffsetRange range : ranges) {
      Require.between(field + ".partition", range.getPartition(), 0, Integer.MAX_VALUE);
      Require.count(field + ".from_offset", range.getFromOffset());
      Require.between(
          field + ".to_offset", range.getToOffset(), range.getFromOffset(), Require.LARGEST_COUNT);
    }
  }
}
