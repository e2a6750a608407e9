package io.distillstream.trainer;

import io.distillstream.avro.Checkpoint;

/**
 * A committed manifest and where on the log it lies.
 *
 * @param partition of the checkpoints topic
 */
record StoredCheckpoint(Checkpoint manifest, int partition, long offset) {

  String model() {
    return manifest.getModel();
  }

  long version() {
    return manifest.getVersion();
  }

  /** Of its blobs. */
  long sizeBytes() {
    return manifest.getState().getSizeBytes() + manifest.getOnnx().getSizeBytes();
  }
}
