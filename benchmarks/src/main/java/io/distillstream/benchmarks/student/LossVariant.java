package io.distillstream.benchmarks.student;

import io.distillstream.avro.SampledClasses;
import io.distillstream.avro.TopKLogits;
import io.distillstream.benchmarks.student.OnePass.Recipe;
import io.distillstream.foundation.Sha256;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.publish.Publication;
import io.distillstream.teacher.publish.Publication.Form;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.Divergence;
import io.distillstream.trainer.loss.EmbeddingMatch;
import io.distillstream.trainer.loss.SampledTarget;
import io.distillstream.trainer.loss.SoftTarget;
import io.distillstream.trainer.loss.TopKTarget;
import io.distillstream.trainer.objective.EmbeddingTerm;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.schedule.AdaptiveTemperature;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.util.List;
import java.util.Optional;

/**
 * One way to learn from a teacher.
 *
 * @param name in the table
 * @param publication in what form the teacher's answers come
 * @param recipe how they are learned
 */
record LossVariant(String name, Publication publication, Recipe recipe) {

  private static final TrainingSchedule STANDARD =
      TrainingSchedule.annealed(OnePass.ANNEALED_RECORDS);

  static List<LossVariant> all() {
    return List.of(
        divergence("forward KL", Divergence.FORWARD_KL),
        divergence("reverse KL", Divergence.REVERSE_KL),
        divergence("Jensen-Shannon", new Divergence.JensenShannon(0.5)),
        published("top 4 of 24", new Publication(Form.TOP_K, 4, 1, false)),
        published("16 draws", new Publication(Form.SAMPLED, 1, 16, false)),
        distillationHead(),
        adaptive(0.25),
        adaptive(0.5),
        adaptive(1));
  }

  /** With a distillation head; the deployed student is no larger. */
  private static LossVariant distillationHead() {
    return new LossVariant(
        "distillation head",
        Publication.DENSE,
        new Recipe(
            STANDARD, TrainingObjective.STANDARD, TrainingHeads.of(TrainingHeads.distillation())));
  }

  /** With the examples' embeddings, where they have any. */
  static LossVariant embeddings(double weight, int dimension) {
    return new LossVariant(
        "embeddings, weight " + weight,
        Publication.DENSE,
        new Recipe(
            STANDARD,
            TrainingObjective.STANDARD.with(new EmbeddingTerm(EmbeddingMatch.COSINE, weight)),
            TrainingHeads.of(TrainingHeads.embedding(dimension))));
  }

  private static LossVariant divergence(String name, Divergence divergence) {
    return new LossVariant(
        name,
        Publication.DENSE,
        new Recipe(STANDARD, new TrainingObjective(divergence), TrainingHeads.NONE));
  }

  private static LossVariant published(String name, Publication publication) {
    return new LossVariant(name, publication, Recipe.STANDARD);
  }

  private static LossVariant adaptive(double gap) {
    TrainingSchedule schedule =
        new TrainingSchedule(
            STANDARD.temperature(),
            STANDARD.alpha(),
            STANDARD.learningRate(),
            STANDARD.wordRate(),
            STANDARD.warmUpRecords(),
            STANDARD.weightDecay(),
            STANDARD.clipNorm(),
            STANDARD.spikeFactor(),
            Long.MAX_VALUE,
            Optional.of(new AdaptiveTemperature(gap, 1, 8, 2, 8)),
            Optional.empty());
    return new LossVariant(
        "adaptive temperature, gap " + gap,
        Publication.DENSE,
        new Recipe(schedule, TrainingObjective.STANDARD, TrainingHeads.NONE));
  }

  /** The examples as the teacher would have published them. */
  List<Example> published(List<Example> dense) {
    return dense.stream().map(this::published).toList();
  }

  private Example published(Example example) {
    float[] logits = ((DenseTarget) example.target()).logits();
    Object record =
        publication.distribution(TeacherAnswer.of(logits), Sha256.leadingLong(example.requestId()));
    return new Example(
        example.requestId(),
        example.tokens(),
        target(record, example.target()),
        example.embedding(),
        example.truth(),
        example.receivedAt(),
        example.teacherVersions());
  }

  private static SoftTarget target(Object record, SoftTarget dense) {
    if (record instanceof TopKLogits topK) {
      TopKCodec.Decoded decoded = TopKCodec.decode(topK, 1);
      return new TopKTarget(
          topK.getClasses(), decoded.indices(), decoded.logits(), decoded.tailLogMass()[0]);
    }
    if (record instanceof SampledClasses sampled) {
      SampledCodec.Decoded decoded = SampledCodec.decode(sampled, 1);
      return new SampledTarget(
          sampled.getClasses(),
          decoded.answers()[0],
          decoded.indices(),
          decoded.weights(),
          decoded.logProbabilities());
    }
    return dense;
  }
}
