package io.distillstream.local.evaluate.answer;

import io.distillstream.avro.Checkpoint;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.terminal.TemporaryFolder;
import io.distillstream.trainer.checkpoint.log.CheckpointStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Fetches the fp32 model of a student's newest checkpoint. */
public final class NewestStudent {

  private NewestStudent() {}

  /**
   * The student as it is now.
   *
   * @return owned by the caller; empty while the model has no checkpoint
   */
  public static Optional<Answerer> fetch(ClusterSettings cluster, String model) throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.create();
        CheckpointStore store =
            new CheckpointStore(cluster.connection(), cluster.pipeline(), model, folder.path())) {
      List<Checkpoint> checkpoints = store.list();
      return checkpoints.isEmpty()
          ? Optional.empty()
          : Optional.of(open(store, checkpoints.get(checkpoints.size() - 1), model, folder.path()));
    }
  }

  /** The newest checkpoint's manifest; empty while the model has none. */
  public static Optional<Checkpoint> manifest(ClusterSettings cluster, String model)
      throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.create();
        CheckpointStore store =
            new CheckpointStore(cluster.connection(), cluster.pipeline(), model, folder.path())) {
      List<Checkpoint> checkpoints = store.list();
      return checkpoints.isEmpty()
          ? Optional.empty()
          : Optional.of(checkpoints.get(checkpoints.size() - 1));
    }
  }

  private static Answerer open(CheckpointStore store, Checkpoint newest, String model, Path folder)
      throws IOException {
    Path file = folder.resolve("student.onnx");
    store.fetch(newest, newest.getOnnx(), file);
    return ModelAnswerer.open(
        Role.STUDENT,
        String.format(
            Locale.ROOT,
            "%s, version %d, fp32, learned from %,d records",
            model,
            newest.getVersion(),
            newest.getRecordsTrained()),
        file);
  }
}
