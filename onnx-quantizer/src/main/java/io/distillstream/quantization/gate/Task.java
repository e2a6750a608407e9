package io.distillstream.quantization.gate;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.quantization.engine.TensorValue;

/** What a model's first output means, and so by what its quality is judged. */
public enum Task {
  /** Logits or probabilities {@code [batch, classes]}: the most probable class must stay. */
  CLASSIFIER,
  /** Vectors {@code [batch, tokens, width]}: their directions must stay. */
  ENCODER;

  /**
   * What such an output is taken for: two axes for logits, three and more for vectors.
   *
   * @throws InvalidModelException if it is neither
   */
  public static Task of(TensorValue answer) {
    if (!answer.isFloat() || answer.rank() < 1 || answer.size() == 0) {
      throw new InvalidModelException(
          "Expected logits [batch, classes] or vectors [batch, tokens, width] as the first output, found "
              + answer);
    }
    return answer.rank() <= 2 ? CLASSIFIER : ENCODER;
  }
}
