package io.distillstream.trainer.checkpoint;

import io.distillstream.avro.Checkpoint;

/**
 * A committed manifest and where on the log it lies.
 *
 * @param partition of the checkpoints topic
 */
public record StoredCheckpoint(Checkpoint manifest, int partition, long offset) {

  public String model() {
    return manifest.getModel();
  }

  public long version() {
    return manifest.getVersion();
  }

  /** Of its blobs. */
  long sizeBytes() {
    return manifest.getState().getSizeBytes() + manifest.getOnnx().getSizeBytes();
  }
}
