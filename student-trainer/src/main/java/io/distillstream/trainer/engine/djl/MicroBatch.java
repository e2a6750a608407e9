package io.distillstream.trainer.engine.djl;

import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.student.Activations;
import io.distillstream.trainer.student.StudentSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a step's batch whose activations fit into memory together. The parts follow from shape
 * and texts alone, so that every machine sums up the same gradients in the same order.
 *
 * @param pass over the texts of this part
 */
record MicroBatch(ForwardPass pass, TrainingBatch batch) {

  /**
   * Splits a batch between its texts, into as few parts as bytes allow, in order. A text that takes
   * more than that is a part of its own.
   *
   * @param whole the pass over all of the batch
   * @param bytes of activations that a part may have
   */
  static List<MicroBatch> split(
      StudentSpec spec, ForwardPass whole, TrainingBatch batch, long bytes) {
    long vectors = bytes / Activations.bytesPerVector(spec);
    WordVectors texts = whole.vectors();
    if (texts.count() <= vectors) {
      return List.of(new MicroBatch(whole, batch));
    }
    List<MicroBatch> parts = new ArrayList<>();
    int from = 0;
    for (int text = 1; text <= batch.size(); text++) {
      if (text == batch.size() || texts.ends()[text] - texts.start(from) > vectors) {
        TrainingBatch part = batch.texts(from, text);
        parts.add(new MicroBatch(ForwardPass.of(spec, part.inputs()), part));
        from = text;
      }
    }
    return parts;
  }
}
