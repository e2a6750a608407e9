package io.distillstream.quantizer;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.onnx.InvalidModelException;

/** A loaded model that answers one text at a time. */
interface TextModel extends AutoCloseable {

  /**
   * The first output for one text, flattened: [classes] logits of a classifier, [tokens · width] of
   * an encoder.
   *
   * @param tokens ids, at least one
   * @throws InvalidModelException if the model fails on them
   */
  float[] run(int[] tokens);

  @Override
  void close();

  /** Turns a model file into something that answers. */
  interface Loader {
    /**
     * Loads a file; the caller owns the model.
     *
     * @throws InvalidModelException if the engine refuses it
     */
    @MustBeClosed
    TextModel load(byte[] file);
  }
}
