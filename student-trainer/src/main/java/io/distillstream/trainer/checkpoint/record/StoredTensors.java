package io.distillstream.trainer.checkpoint.record;

import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.parameter.FloatTensor;
import java.io.Closeable;
import java.io.IOException;

/** The tensors of a state that lies in a file. Owns the file; thread-safe. */
public final class StoredTensors implements Closeable {
  private final Safetensors file;

  StoredTensors(Safetensors file) {
    this.file = file;
  }

  /**
   * A tensor, to be read when it is asked for.
   *
   * @return fails with {@link TrainingStoppedException} once this is closed
   */
  public FloatTensor.Source source(String name) {
    return () -> floats(name);
  }

  private synchronized float[] floats(String name) {
    try {
      return file.floats(name);
    } catch (IOException e) {
      throw new TrainingStoppedException("tensor %s of a state is lost".formatted(name), e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
