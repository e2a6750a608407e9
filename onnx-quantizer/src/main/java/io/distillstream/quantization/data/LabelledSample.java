package io.distillstream.quantization.data;

import io.distillstream.quantization.engine.Sample;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One sample and what is known about it.
 *
 * @param sample what the model is fed
 * @param label the true class, as an index into the logits, if the data says it
 * @param text what it was before it became token ids, if it was a text
 */
public record LabelledSample(Sample sample, OptionalInt label, Optional<String> text) {
  public LabelledSample {
    if (label.isPresent() && label.getAsInt() < 0) {
      throw new IllegalArgumentException("Expected a class from 0 on, got " + label.getAsInt());
    }
  }

  /** A sample of which nothing else is known. */
  public static LabelledSample of(Sample sample) {
    return new LabelledSample(sample, OptionalInt.empty(), Optional.empty());
  }
}
