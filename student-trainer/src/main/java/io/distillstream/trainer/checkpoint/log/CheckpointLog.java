package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.model.LabelSpace;
import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.settings.StudentSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads back where a model's training stands.
 *
 * <p>The manifest's offsets are the truth. The group's committed offsets, which are there for views
 * of lag, count only where they say that they follow the newest manifest: then every record between
 * the two was refused or held out, and its dead letter or copy committed with them.
 */
final class CheckpointLog {
  private final CheckpointAccess access;
  private final String examplesTopic;

  CheckpointLog(CheckpointAccess access, String examplesTopic) {
    this.access = access;
    this.examplesTopic = examplesTopic;
  }

  /**
   * Where the training of a model continues.
   *
   * @throws TrainingStoppedException if the newest checkpoint cannot be read, or is of another
   *     label space: starting over would train every record a second time
   */
  Checkpoints.Resume read(String model, LabelSpace labels) {
    CommittedOffsets committed = CommittedOffsets.read(access.clients(), examplesTopic);
    Optional<Checkpoint> manifest = access.newest(model, committed.checkpoint());
    Optional<GoodState> good = manifest.map(found -> good(found, labels));
    Lineage lineage = good.map(GoodState::lineage).orElse(Lineage.NONE);
    Map<Integer, Long> positions = new HashMap<>(lineage.offsets());
    long heldOut = lineage.apart().heldOut();
    for (Map.Entry<Integer, CommittedOffsets.Position> passed :
        committed.after(lineage.version()).entrySet()) {
      positions.put(passed.getKey(), passed.getValue().offset());
      heldOut = Math.max(heldOut, passed.getValue().heldOut());
    }
    return new Checkpoints.Resume(good, positions, heldOut);
  }

  private GoodState good(Checkpoint manifest, LabelSpace labels) {
    if (!manifest.getLabelSpace().equals(labels.fingerprint())) {
      throw new TrainingStoppedException(
          "checkpoint %d of %s was trained for the labels %s, the settings ask for %s; %s"
              .formatted(
                  manifest.getVersion(),
                  manifest.getModel(),
                  manifest.getLabels(),
                  labels.labels(),
                  StudentSettings.ELSEWHERE));
    }
    try {
      return access.state(manifest);
    } catch (IOException e) {
      throw CheckpointAccess.unreadable(manifest, e);
    }
  }
}
