package io.distillstream.joiner.weight;

import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.opinion.Opinion;
import io.distillstream.wire.opinion.OpinionPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** Weighs the opinions of one partition's examples, and says how far they disagree. */
public final class OpinionWeights {
  private final WeightSettings settings;
  private final @Nullable TeacherAccuracy accuracy;

  /**
   * @param labels of the teachers; needed where {@link WeightSettings#needLabels}
   * @param store of the teachers' accuracy, borrowed
   */
  public OpinionWeights(
      WeightSettings settings, Optional<LabelSpace> labels, KeyValueStore<String, Tally> store) {
    this.settings = settings;
    this.accuracy =
        settings.needLabels()
            ? new TeacherAccuracy(
                store,
                labels.orElseThrow(() -> new IllegalArgumentException("No label names")),
                settings.halfLife())
            : null;
  }

  /**
   * What became of an example.
   *
   * @param example the same, with weights and disagreement
   * @param disputed whether the teachers' most probable classes differ
   */
  public record Weighed(TrainingExample example, boolean disputed) {}

  /**
   * Weighs the opinions that are there: the weights of those that are not fall to the others in
   * proportion. One opinion alone has no weight, and opinions that cannot be pooled have none
   * either; the student says why it refuses them.
   */
  public Weighed weigh(TrainingExample example) {
    List<TeacherOpinion> said = example.getTeachers();
    if (said.size() < 2) {
      return new Weighed(example, false);
    }
    try {
      List<List<Opinion>> read = new ArrayList<>();
      for (TeacherOpinion opinion : said) {
        read.add(Opinion.of(opinion.getDistribution(), example.getPositions()));
      }
      return weigh(example, read);
    } catch (IllegalArgumentException e) {
      return new Weighed(example, false);
    }
  }

  private Weighed weigh(TrainingExample example, List<List<Opinion>> read) {
    double[] weights = new double[read.size()];
    for (int t = 0; t < weights.length; t++) {
      weights[t] = weight(example, example.getTeachers().get(t), read.get(t));
    }
    double sum = Arrays.stream(weights).sum();
    List<TeacherOpinion> weighed = new ArrayList<>();
    for (int t = 0; t < weights.length; t++) {
      TeacherOpinion opinion = example.getTeachers().get(t);
      weighed.add(
          TeacherOpinion.newBuilder(opinion)
              .setWeight(isAlike(weights) ? null : Double.valueOf(weights[t] / sum))
              .build());
    }
    double disagreement = 0;
    boolean disputed = false;
    for (int at = 0; at < example.getPositions(); at++) {
      int position = at;
      List<Opinion> here = read.stream().map(all -> all.get(position)).toList();
      disagreement += new OpinionPool(here, weights).disagreement() / example.getPositions();
      disputed |= here.stream().mapToInt(Opinion::answer).distinct().count() > 1;
    }
    return new Weighed(
        TrainingExample.newBuilder(example)
            .setTeachers(weighed)
            .setDisagreement(disagreement)
            .build(),
        disputed);
  }

  /** As all of them count where none has any weight. */
  private static boolean isAlike(double[] weights) {
    return Arrays.stream(weights).allMatch(weight -> weight == weights[0]);
  }

  private double weight(TrainingExample example, TeacherOpinion opinion, List<Opinion> positions) {
    return switch (settings.weighting()) {
      case FIXED -> settings.fixed().getOrDefault(opinion.getTeacherId(), 1.0);
      case CONFIDENCE ->
          Math.exp(-positions.stream().mapToDouble(Opinion::entropy).average().orElseThrow());
      case ACCURACY ->
          accuracy == null ? 1 : accuracy.weight(example, opinion, positions.get(0).classes());
    };
  }

  /**
   * Takes note of an example's truth, where accuracy counts.
   *
   * @return teacher id to its accuracy now, of the teachers that were compared with it
   */
  public Map<String, Double> measure(TrainingExample example, long nowMillis) {
    String truth = example.getGroundTruth();
    if (accuracy == null || truth == null) {
      return Map.of();
    }
    try {
      return accuracy.measure(example, truth, nowMillis);
    } catch (IllegalArgumentException e) {
      // What no student can read is measured by nobody.
      return Map.of();
    }
  }
}
