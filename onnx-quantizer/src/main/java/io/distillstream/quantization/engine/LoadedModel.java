package io.distillstream.quantization.engine;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import java.util.Map;
import java.util.Set;

/** A model that answers. Thread-safe except for {@link #close}. */
public interface LoadedModel extends AutoCloseable {

  /** Names of what it takes. */
  Set<String> inputNames();

  /** Names of what it gives, in the order of the graph. */
  Set<String> outputNames();

  /**
   * All outputs for one sample, by name, in the order of the graph.
   *
   * @throws InvalidModelException if the model fails on it, or gives something else than tensors of
   *     numbers
   */
  Map<String, TensorValue> run(Sample sample);

  /** The first output for one sample. */
  default TensorValue answer(Sample sample) {
    return run(sample).values().iterator().next();
  }

  @Override
  void close();

  /** Turns a model into something that answers. */
  interface Loader {
    /**
     * Loads a model; the caller owns what it gives.
     *
     * @throws InvalidModelException if the engine refuses it
     */
    @MustBeClosed
    LoadedModel load(OnnxModel model);
  }
}
