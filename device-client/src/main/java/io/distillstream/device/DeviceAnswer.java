package io.distillstream.device;

import io.distillstream.model.ArgMax;
import io.distillstream.model.LabelSpace;

/**
 * An answer of the model on this device.
 *
 * @param label the most probable class; the first of them where several are equal
 * @param probability softmax of the logits at that class, in [0, 1]
 * @param version of the model that answered
 */
public record DeviceAnswer(String label, double probability, long version) {

  /** Softmax at the largest logit, computed without overflow. */
  static DeviceAnswer of(float[] logits, LabelSpace labels, long version) {
    int best = ArgMax.of(logits);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - logits[best]);
    }
    return new DeviceAnswer(labels.label(best), 1 / sum, version);
  }
}
