package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.loss.Divergence;
import io.distillstream.trainer.loss.EmbeddingMatch;
import io.distillstream.trainer.objective.EmbeddingTerm;
import io.distillstream.trainer.objective.Head;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.schedule.AdaptiveTemperature;
import io.distillstream.trainer.schedule.Ramp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys of what training minimizes. */
final class ObjectiveSettings {

  /** How the student's distance from the teacher is measured. */
  enum Kind {
    FORWARD_KL,
    REVERSE_KL,
    JENSEN_SHANNON
  }

  private static final Setting<Kind> DIVERGENCE =
      Setting.oneOf(
          "trainer.divergence",
          Kind.FORWARD_KL,
          "What the distillation term measures between teacher and student.");
  private static final Setting<Double> JENSEN_SHANNON_WEIGHT =
      Setting.decimal(
              "trainer.jensen-shannon-weight", 0.5, "Weight of the teacher in jensen-shannon.")
          .between(0.01, 0.99);
  private static final Setting<Boolean> DISTILLATION_HEAD =
      Setting.flag(
          "trainer.distillation-head",
          false,
          "Whether logits of their own learn from the teacher; devices get the mean of both.");
  private static final Setting<Double> MATCH_WEIGHT =
      Setting.decimal(
              "trainer.teacher-embedding.weight",
              0,
              "Weight of matching the teacher's published embeddings; 0 learns none.")
          .between(0.0, 1e3);
  private static final Setting<EmbeddingMatch> MATCH =
      Setting.oneOf(
          "trainer.teacher-embedding.match",
          EmbeddingMatch.COSINE,
          "What is minimized between a projection of the student's vectors and the embeddings.");
  private static final Setting<Integer> DIMENSION =
      Setting.integer("trainer.teacher-embedding.dimension", 384, "Of the teacher's embeddings.")
          .between(1, 65_536);
  private static final Setting<Boolean> ADAPTIVE =
      Setting.flag(
          "trainer.temperature.adaptive",
          false,
          "Whether the temperature follows the student's entropy instead of its schedule; it stays"
              + " between the schedule's start and end.");
  private static final Setting<Double> GAP =
      Setting.decimal(
              "trainer.temperature.entropy-gap",
              1.0,
              "Nats by which an adaptive temperature keeps the teacher softer than the student.")
          .between(-10.0, 10.0);
  private static final Setting<Double> RATE =
      Setting.decimal(
              "trainer.temperature.adaption",
              1.0,
              "Change of an adaptive temperature's logarithm per nat and 1,000 records.")
          .between(1e-3, 1e3);

  private ObjectiveSettings() {}

  static List<Setting<?>> all() {
    return List.of(
        DIVERGENCE,
        JENSEN_SHANNON_WEIGHT,
        DISTILLATION_HEAD,
        MATCH_WEIGHT,
        MATCH,
        DIMENSION,
        ADAPTIVE,
        GAP,
        RATE);
  }

  /** The heads that the objective needs. */
  static TrainingHeads heads(Settings settings) {
    List<Head> heads = new ArrayList<>();
    if (settings.get(DISTILLATION_HEAD)) {
      heads.add(TrainingHeads.distillation());
    }
    if (settings.get(MATCH_WEIGHT) > 0) {
      heads.add(TrainingHeads.embedding(settings.get(DIMENSION)));
    }
    return new TrainingHeads(heads);
  }

  static TrainingObjective from(Settings settings) {
    Divergence divergence =
        switch (settings.get(DIVERGENCE)) {
          case FORWARD_KL -> Divergence.FORWARD_KL;
          case REVERSE_KL -> Divergence.REVERSE_KL;
          case JENSEN_SHANNON -> new Divergence.JensenShannon(settings.get(JENSEN_SHANNON_WEIGHT));
        };
    TrainingObjective logits =
        new TrainingObjective(divergence).with(ConsistencySettings.from(settings));
    return settings.get(MATCH_WEIGHT) > 0
        ? logits.with(new EmbeddingTerm(settings.get(MATCH), settings.get(MATCH_WEIGHT)))
        : logits;
  }

  /**
   * The temperature's control, where it is adaptive.
   *
   * @param ramp whose ends bound it and whose start it starts at
   */
  static Optional<AdaptiveTemperature> adaptive(Settings settings, Ramp ramp) {
    return settings.get(ADAPTIVE)
        ? Optional.of(
            new AdaptiveTemperature(
                settings.get(GAP),
                settings.get(RATE),
                ramp.from(),
                Math.min(ramp.from(), ramp.to()),
                Math.max(ramp.from(), ramp.to())))
        : Optional.empty();
  }
}
