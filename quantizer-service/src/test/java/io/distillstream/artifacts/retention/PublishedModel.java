package io.distillstream.artifacts.retention;

import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.wire.update.TestUpdates;
import java.time.Instant;

/** Updates whose artifacts have eight chunks, 4 MiB. */
final class PublishedModel {
  private static final int CHUNKS = 8;

  private PublishedModel() {}

  static ModelUpdate update(String channel, long version, long firstOffset, Instant at) {
    return TestUpdates.update("student", channel, version)
        .setArtifact(
            new BlobRef("student/" + channel + "/" + version, 4L << 20, "", CHUNKS, 0, firstOffset))
        .setCheckpointCreatedAt(at)
        .setPublishedAt(at)
        .build();
  }

  /** A step of a chain, in one chunk. */
  static ArtifactDelta delta(long firstOffset) {
    return new ArtifactDelta(
        "from", "to", "deflate", new BlobRef("delta", 1L << 18, "", 1, 0, firstOffset), 4L << 20);
  }
}
