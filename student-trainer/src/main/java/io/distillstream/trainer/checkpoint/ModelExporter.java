package io.distillstream.trainer.checkpoint;

import io.distillstream.trainer.engine.TrainingStoppedException;
import java.io.IOException;
import java.nio.file.Path;

/** Turns a checkpoint's student into the deployable model, and checks that it is the same. */
public interface ModelExporter {

  /**
   * Writes the model, runs it on the checkpoint's probe, and scores the student on what is held
   * out. Always called on the same thread.
   *
   * @throws UnsoundStudentException if these are not finite
   * @throws TrainingStoppedException if the difference is larger than may be published
   */
  ExportedModel export(PendingCheckpoint checkpoint, Path target) throws IOException;
}
