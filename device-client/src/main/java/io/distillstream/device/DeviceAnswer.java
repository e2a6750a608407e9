package io.distillstream.device;

import io.distillstream.model.ArgMax;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.Softmax;

/**
 * An answer of the model on this device.
 *
 * @param label the most probable class; the first of them where several are equal
 * @param probability softmax of the logits at that class, in [0, 1]
 * @param version of the model that answered
 */
public record DeviceAnswer(String label, double probability, long version) {

  static DeviceAnswer of(float[] logits, LabelSpace labels, long version) {
    return new DeviceAnswer(labels.label(ArgMax.of(logits)), Softmax.largest(logits), version);
  }
}
