package io.distillstream.trainer.examples;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SampledClasses;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TopKLogits;
import io.distillstream.model.LabelSpace;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.Divergence;
import io.distillstream.trainer.loss.SampledTarget;
import io.distillstream.trainer.loss.SoftTarget;
import io.distillstream.trainer.loss.TopKTarget;
import io.distillstream.wire.opinion.Opinion;
import io.distillstream.wire.opinion.OpinionPool;
import io.distillstream.wire.payload.EmbeddingCodec;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From teachers' opinions of one text to what the student learns from. Thread-safe.
 *
 * <p>Several teachers' opinions, of whatever form, become one dense target by {@link OpinionPool}.
 */
public final class TargetReader {
  private final LabelSpace labels;
  private final Divergence divergence;
  private final int dimension;

  /**
   * @param labels of the student
   * @param divergence that the targets have to tell
   * @param dimension of the embeddings to learn from; 0 for none
   */
  public TargetReader(LabelSpace labels, Divergence divergence, int dimension) {
    this.labels = labels;
    this.divergence = divergence;
    this.dimension = dimension;
  }

  LabelSpace labels() {
    return labels;
  }

  /**
   * The target.
   *
   * @param opinions of one position, at least one
   */
  SoftTarget target(List<TeacherOpinion> opinions) throws UnusableExampleException {
    if (opinions.size() == 1) {
      return target(opinions.get(0));
    }
    for (TeacherOpinion opinion : opinions) {
      try {
        requireClasses(Opinion.classes(opinion.getDistribution()));
      } catch (IllegalArgumentException e) {
        throw ofTeacher(opinion, e);
      }
    }
    try {
      return new DenseTarget(OpinionPool.logits(opinions));
    } catch (IllegalArgumentException e) {
      throw new UnusableExampleException("several teachers: " + e.getMessage());
    }
  }

  private static UnusableExampleException ofTeacher(
      TeacherOpinion opinion, IllegalArgumentException problem) {
    return new UnusableExampleException(
        "teacher %s: %s".formatted(opinion.getTeacherId(), problem.getMessage()));
  }

  private SoftTarget target(TeacherOpinion opinion) throws UnusableExampleException {
    try {
      SoftTarget target = decoded(opinion.getDistribution());
      if (!tells(target)) {
        throw new IllegalArgumentException(
            "sampled classes estimate the forward KL alone, the student minimizes " + divergence);
      }
      return target;
    } catch (IllegalArgumentException e) {
      throw ofTeacher(opinion, e);
    }
  }

  /** Whether the divergence can be told from the target. */
  private boolean tells(SoftTarget target) {
    return !(target instanceof SampledTarget) || divergence.equals(Divergence.FORWARD_KL);
  }

  /**
   * Whether what was read before, perhaps with other settings, can be learned with these.
   *
   * @param embedding empty where there is none
   */
  public boolean admits(SoftTarget target, float[] embedding) {
    return tells(target)
        && (dimension == 0 || embedding.length == 0 || embedding.length == dimension);
  }

  private SoftTarget decoded(Object distribution) {
    if (distribution instanceof DenseLogits dense) {
      requireClasses(dense.getClasses());
      return new DenseTarget(LogitsCodec.decode(dense, 1));
    }
    if (distribution instanceof TopKLogits record) {
      requireClasses(record.getClasses());
      TopKCodec.Decoded topK = TopKCodec.decode(record, 1);
      return new TopKTarget(
          record.getClasses(), topK.indices(), topK.logits(), topK.tailLogMass()[0]);
    }
    if (distribution instanceof SampledClasses record) {
      requireClasses(record.getClasses());
      SampledCodec.Decoded drawn = SampledCodec.decode(record, 1);
      return new SampledTarget(
          record.getClasses(),
          drawn.answers()[0],
          drawn.indices(),
          drawn.weights(),
          drawn.logProbabilities());
    }
    throw new IllegalArgumentException(
        "a distribution of unknown kind " + distribution.getClass().getSimpleName());
  }

  private void requireClasses(int classes) {
    if (classes != labels.size()) {
      throw new IllegalArgumentException(
          "a distribution over %d classes, expected %d".formatted(classes, labels.size()));
    }
  }

  /**
   * The embedding to learn, empty where there is none: no teacher gave one, or several did, whose
   * spaces have nothing in common.
   */
  float[] embedding(List<TeacherOpinion> opinions) throws UnusableExampleException {
    if (dimension == 0) {
      return new float[0];
    }
    TeacherOpinion only = null;
    for (TeacherOpinion opinion : opinions) {
      if (opinion.getEmbedding() != null) {
        if (only != null) {
          return new float[0];
        }
        only = opinion;
      }
    }
    return only == null ? new float[0] : embedding(only, only.getEmbedding());
  }

  private float[] embedding(TeacherOpinion opinion, @Nullable ByteBuffer bytes)
      throws UnusableExampleException {
    if (bytes == null) {
      return new float[0];
    }
    try {
      float[] embedding = EmbeddingCodec.decode(bytes);
      if (embedding.length != dimension) {
        throw new IllegalArgumentException(
            "an embedding of %d values, expected %d".formatted(embedding.length, dimension));
      }
      return embedding;
    } catch (IllegalArgumentException e) {
      throw ofTeacher(opinion, e);
    }
  }
}
