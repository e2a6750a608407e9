package io.distillstream.artifacts.comparison;

import io.distillstream.artifacts.incumbent.TeacherAnswer;
import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SampledClasses;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TopKLogits;
import io.distillstream.wire.opinion.OpinionPool;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.util.List;

/** From teachers' opinions of one text to the distribution that students are measured by. */
final class TeacherAnswers {
  private TeacherAnswers() {}

  /**
   * What the teachers said together. Several are pooled as for training.
   *
   * @param opinions of one position
   * @throws IllegalArgumentException if there is none, they are no distributions over so many
   *     classes, or cannot be combined
   */
  static TeacherAnswer of(List<TeacherOpinion> opinions, int classes) {
    if (opinions.size() == 1) {
      return of(opinions.get(0).getDistribution(), classes);
    }
    if (opinions.isEmpty()) {
      throw new IllegalArgumentException("no teacher's opinion");
    }
    float[] pool = OpinionPool.logits(opinions);
    requireClasses(pool.length, classes);
    return TeacherAnswer.ofLogits(pool);
  }

  private static TeacherAnswer of(Object distribution, int classes) {
    if (distribution instanceof DenseLogits dense) {
      return TeacherAnswer.ofLogits(dense(dense, classes));
    }
    if (distribution instanceof TopKLogits record) {
      requireClasses(record.getClasses(), classes);
      TopKCodec.Decoded topK = TopKCodec.decode(record, 1);
      return topK(topK.indices(), topK.logits(), topK.tailLogMass()[0], classes);
    }
    if (distribution instanceof SampledClasses record) {
      requireClasses(record.getClasses(), classes);
      SampledCodec.Decoded drawn = SampledCodec.decode(record, 1);
      float[] probabilities = new float[drawn.indices().length];
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] = (float) Math.exp(drawn.logProbabilities()[i]);
      }
      return TeacherAnswer.ofNamed(drawn.answers()[0], classes, drawn.indices(), probabilities);
    }
    throw new IllegalArgumentException(
        "a distribution of unknown kind " + distribution.getClass().getSimpleName());
  }

  private static float[] dense(DenseLogits dense, int classes) {
    requireClasses(dense.getClasses(), classes);
    return LogitsCodec.decode(dense, 1);
  }

  /** Logits fall, so the first is the largest and of the tail none is larger. */
  private static TeacherAnswer topK(int[] indices, float[] logits, double tail, int classes) {
    double max = Math.max(logits[0], tail);
    double mass = Math.exp(tail - max);
    for (float logit : logits) {
      mass += Math.exp(logit - max);
    }
    float[] probabilities = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = (float) (Math.exp(logits[i] - max) / mass);
    }
    return TeacherAnswer.ofNamed(indices[0], classes, indices, probabilities);
  }

  private static void requireClasses(int actual, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(
          "a distribution over %d classes, expected %d".formatted(actual, expected));
    }
  }
}
