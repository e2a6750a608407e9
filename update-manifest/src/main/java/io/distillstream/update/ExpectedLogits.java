package io.distillstream.update;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A probe: a made-up input with the logits that the quantizer got for it from the artifact.
 *
 * @param text the input; null where it is of a kind that this release does not know
 * @param logits [classes]
 */
public record ExpectedLogits(@Nullable String text, List<Float> logits) {

  public ExpectedLogits {
    logits = List.copyOf(logits);
  }

  /** The logits, [classes]. */
  public float[] toArray() {
    float[] array = new float[logits.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = logits.get(i);
    }
    return array;
  }
}
