package io.distillstream.artifacts.delta;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.foundation.Sha256;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.blob.DamagedBlobException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The file that devices of a channel run, kept in the service's folder: written when it is
 * published, fetched where another instance published it. Borrows the context; not thread-safe.
 */
public final class IncumbentFile {
  private static final Duration CHUNK_PATIENCE = Duration.ofSeconds(10);

  private final ServiceContext context;
  private final Path file;

  public IncumbentFile(String model, String channel, ServiceContext context) {
    this.context = context;
    this.file =
        context.folder("quantizer").resolve("incumbent-%s-%s.onnx".formatted(model, channel));
  }

  /**
   * The artifact of an update.
   *
   * @throws DamagedBlobException if its chunks are gone or damaged
   * @throws UncheckedIOException if this machine cannot keep it
   */
  public Path of(ModelUpdate update) throws DamagedBlobException {
    BlobRef artifact = update.getArtifact();
    try {
      if (!keeps(artifact)) {
        fetch(artifact);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot keep what devices run in " + file, e);
    }
  }

  private boolean keeps(BlobRef artifact) throws IOException {
    if (!Files.exists(file) || Files.size(file) != artifact.getSizeBytes()) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Sha256.hex(in).equals(artifact.getSha256());
    }
  }

  private void fetch(BlobRef artifact) throws IOException, DamagedBlobException {
    Codec<BlobChunk> codec = context.wire().codec(Topics.MODEL_BLOBS, context.pipeline());
    new BlobReader(context.cluster(), codec, CHUNK_PATIENCE).fetch(artifact, file);
  }

  /**
   * To be called when an artifact was published.
   *
   * @throws UncheckedIOException if this machine cannot keep it
   */
  public void keep(OnnxModel artifact) {
    try {
      artifact.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot keep what devices run in " + file, e);
    }
  }
}
