package io.distillstream.benchmarks.delta;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.export.CheckedExporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes artifacts of some checkpoints, on the training thread. */
final class QuantizedCheckpoints implements Checkpoints {
  private final CheckedExporter exporter;
  private final ArtifactMaker maker;
  private final Path folder;
  private final LongPredicate wanted;
  private final List<Path> files = new ArrayList<>();
  private double agreements;

  /**
   * @param folder where these checkpoints and their artifacts are written
   * @param wanted versions of which they are made
   */
  QuantizedCheckpoints(
      CheckedExporter exporter, ArtifactMaker maker, Path folder, LongPredicate wanted) {
    this.exporter = exporter;
    this.maker = maker;
    this.folder = folder;
    this.wanted = wanted;
  }

  @Override
  public Resume resume() {
    return new Resume(Optional.empty(), Map.of());
  }

  @Override
  public CompletableFuture<Void> write(PendingCheckpoint checkpoint) {
    if (wanted.test(checkpoint.version())) {
      Path artifact = folder.resolve("artifact-%04d.onnx".formatted(checkpoint.version()));
      Path model = folder.resolve("checkpoint-%04d.onnx".formatted(checkpoint.version()));
      try {
        exporter.export(checkpoint, model);
        agreements += maker.make(OnnxModel.read(model), artifact);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot write artifacts to " + folder, e);
      }
      files.add(artifact);
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> passOver(
      Lineage reached, List<ProducerRecord<String, byte[]>> records, List<TrainingEvent> events) {
    return CompletableFuture.completedFuture(null);
  }

  /** The artifacts made, in the order of their versions. */
  List<Path> files() {
    return List.copyOf(files);
  }

  /** See {@link ArtifactMaker#make}. */
  double meanAgreement() {
    return agreements / files.size();
  }

  @Override
  public void close() {}
}
