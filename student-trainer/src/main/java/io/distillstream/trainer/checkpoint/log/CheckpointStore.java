package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.trainer.checkpoint.StoredCheckpoint;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** One model's committed checkpoints, for operators. Owns its connection to the registry. */
public final class CheckpointStore implements AutoCloseable {
  private final WireFormat wire;
  private final CheckpointAccess access;
  private final String model;
  private final String examplesTopic;
  private final SortedSet<String> models = new TreeSet<>();
  private List<UnreadableManifest> unreadable = List.of();

  /**
   * @param folder for files on their way; exists
   */
  public CheckpointStore(ClusterConnection cluster, Pipeline pipeline, String model, Path folder) {
    this.wire = new WireFormat(cluster);
    this.access =
        CheckpointAccess.of(
            cluster, wire, pipeline, KafkaClients.of(cluster, pipeline, model), folder);
    this.model = model;
    this.examplesTopic = Topics.TRAINING_EXAMPLES.in(pipeline);
  }

  /** The manifests of all versions, oldest first. */
  public List<Checkpoint> list() {
    TreeMap<Long, Checkpoint> byVersion = new TreeMap<>();
    ManifestLog log = access.all();
    unreadable =
        log.unreadable().stream().filter(manifest -> manifest.model().equals(model)).toList();
    for (StoredCheckpoint stored : log.checkpoints()) {
      models.add(stored.model());
      if (stored.model().equals(model)) {
        byVersion.put(stored.version(), stored.manifest());
      }
    }
    return new ArrayList<>(byVersion.values());
  }

  /** Every model of which {@link #list} met a checkpoint. */
  public SortedSet<String> models() {
    return models;
  }

  /** What {@link #list} met among this model's manifests and could not read. */
  public List<UnreadableManifest> unreadable() {
    return unreadable;
  }

  /**
   * Writes the state, safetensors, or the deployable model, ONNX, of a checkpoint to a file.
   *
   * @param blob of that checkpoint
   * @throws TrainingStoppedException if it is not all there
   */
  public void fetch(Checkpoint checkpoint, BlobRef blob, Path target) throws IOException {
    access.fetch(checkpoint, blob, target);
  }

  /**
   * Makes an earlier checkpoint the newest; a trainer that runs continues from there.
   *
   * @param skip whether to leave out the records trained since, instead of training them again
   * @return what is the newest checkpoint now
   * @throws TrainingStoppedException if it cannot be read, or is the newest already
   */
  public Checkpoint restore(Checkpoint checkpoint, boolean skip) throws IOException {
    return new CheckpointRestore(access, model, examplesTopic, Clock.systemUTC())
        .restore(checkpoint, skip);
  }

  @Override
  public void close() {
    wire.close();
  }
}
