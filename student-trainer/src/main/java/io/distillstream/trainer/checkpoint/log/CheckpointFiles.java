package io.distillstream.trainer.checkpoint.log;

import io.distillstream.avro.Checkpoint;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.blob.BlobWriter;
import io.distillstream.wire.trace.TraceHeaders;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * State and model of one checkpoint as files, and how they go onto the log with their manifest.
 *
 * @param trace that the manifest's record carries; invalid where nothing is traced
 */
record CheckpointFiles(Path state, Path onnx, SpanContext trace) implements AutoCloseable {

  /**
   * Files of a trainer that was killed; one that is merely fenced cannot commit its own any more.
   */
  static void clear(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new TrainingStoppedException("cannot clear " + folder, e);
    }
  }

  /**
   * Empty files with names of their own: a fenced trainer in the same folder may still be writing.
   */
  static CheckpointFiles create(Path folder, SpanContext trace) throws IOException {
    return new CheckpointFiles(
        Files.createTempFile(folder, "state-", ".safetensors"),
        Files.createTempFile(folder, "model-", ".onnx"),
        trace);
  }

  /**
   * Fetches what a manifest names.
   *
   * @throws TrainingStoppedException if it is not all there
   */
  static CheckpointFiles fetch(CheckpointAccess access, Checkpoint manifest) throws IOException {
    CheckpointFiles files = create(access.folder(), SpanContext.getInvalid());
    boolean complete = false;
    try {
      access.fetch(manifest, manifest.getState(), files.state);
      access.fetch(manifest, manifest.getOnnx(), files.onnx);
      complete = true;
      return files;
    } finally {
      if (!complete) {
        files.close();
      }
    }
  }

  /** Sends the blobs in the open transaction; answers the manifest with where they lie. */
  Checkpoint send(CheckpointAccess access, Producer<String, byte[]> producer, Checkpoint manifest)
      throws IOException {
    BlobWriter blobs = new BlobWriter(producer, access.chunks());
    String id = manifest.getModel() + "/" + manifest.getVersion();
    Checkpoint sent =
        Checkpoint.newBuilder(manifest)
            .setState(blobs.write(id + "/state", state))
            .setOnnx(blobs.write(id + "/onnx", onnx))
            .build();
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(
            access.manifests().topic(), sent.getModel(), access.manifests().encode(sent));
    producer.send(TraceHeaders.with(trace, record));
    return sent;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(state);
    Files.deleteIfExists(onnx);
  }
}
