package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.model.ModelFormatException;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.record.CheckpointMapper;
import io.distillstream.trainer.checkpoint.record.StateFile;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.blob.DamagedBlobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;

/**
 * Reads the committed checkpoints of a pipeline.
 *
 * @param folder for files on their way; exists
 */
public record CheckpointAccess(
    Pipeline pipeline,
    KafkaClients clients,
    Codec<Checkpoint> manifests,
    Codec<BlobChunk> chunks,
    BlobReader blobs,
    Path folder) {

  public static CheckpointAccess of(
      ClusterConnection cluster,
      WireFormat wire,
      Pipeline pipeline,
      KafkaClients clients,
      Path folder) {
    Codec<BlobChunk> chunks = wire.codec(Topics.CHECKPOINT_BLOBS, pipeline);
    return new CheckpointAccess(
        pipeline,
        clients,
        wire.codec(Topics.CHECKPOINTS, pipeline),
        chunks,
        new BlobReader(cluster, chunks),
        folder);
  }

  /** As {@link ManifestReader#newest}, where nothing is known of what was committed. */
  public Optional<Checkpoint> newest(String model) {
    return newest(model, OptionalLong.empty());
  }

  /** As {@link ManifestReader#newest}. */
  Optional<Checkpoint> newest(String model, OptionalLong committed) {
    try (Admin admin = clients.admin()) {
      return reader(admin).newest(model, committed);
    }
  }

  /** As {@link ManifestReader#all}. */
  public ManifestLog all() {
    try (Admin admin = clients.admin()) {
      return reader(admin).all();
    }
  }

  private ManifestReader reader(Admin admin) {
    return new ManifestReader(admin, clients::reader, manifests);
  }

  /**
   * The student of a checkpoint, and the account of it.
   *
   * @throws TrainingStoppedException if it cannot be read
   */
  public GoodState state(Checkpoint manifest) throws IOException {
    Path file = Files.createTempFile(folder, "resume-", ".safetensors");
    try {
      fetch(manifest, manifest.getState(), file);
      return StateFile.read(file, CheckpointMapper.lineage(manifest));
    } catch (ModelFormatException | IllegalArgumentException e) {
      throw unreadable(manifest, e);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Fetches one of a checkpoint's blobs.
   *
   * @throws TrainingStoppedException if it is not all there
   */
  void fetch(Checkpoint manifest, BlobRef blob, Path target) throws IOException {
    try {
      blobs.fetch(blob, target);
    } catch (DamagedBlobException e) {
      throw unreadable(manifest, e);
    }
  }

  static TrainingStoppedException unreadable(Checkpoint manifest, Exception cause) {
    return new TrainingStoppedException(
        "checkpoint %d of %s cannot be read: %s"
            .formatted(manifest.getVersion(), manifest.getModel(), cause.getMessage()),
        cause);
  }
}
