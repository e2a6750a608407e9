package io.distillstream.joiner.weight;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How several teachers of one request are weighted.
 *
 * @param fixed weight by teacher id, at least 0, of {@link Weighting#FIXED}; others count 1
 * @param labelNames in the order of the teachers' classes; empty where they are the student's
 * @param halfLife truths after which an earlier one counts half
 */
public record WeightSettings(
    Weighting weighting, Map<String, Double> fixed, List<String> labelNames, long halfLife) {

  private static final Setting<Weighting> WEIGHTS =
      Setting.oneOf(
          "joiner.weights",
          Weighting.FIXED,
          "What several teachers of a request are weighted by: joiner.teacher-weights, how sure each"
              + " is of its answer, or how often the ground truth has proved it right.");

  private static final Setting<Map<String, Double>> TEACHER_WEIGHTS =
      Setting.list(
              "joiner.teacher-weights",
              "",
              "Weights of teachers by teacher.id where joiner.weights is fixed, such as"
                  + " minilm-glosses=2, bag-of-words=1; teachers that are not named count 1.")
          .as("items such as minilm=2, with weights of 0 and more", WeightSettings::parseWeights);

  private static final Setting<List<String>> LABEL_NAMES =
      Setting.list(
          "joiner.label-names",
          "",
          "The ordered label names of the teachers, by which their answers are compared with the"
              + " ground truth where joiner.weights is accuracy; empty: the student's, which"
              + " trainer.label-names and trainer.labels give.");

  private static final Setting<Long> HALF_LIFE =
      Setting.count(
              "joiner.accuracy-half-life",
              10_000,
              "True labels after which an earlier one counts half in a teacher's accuracy, where"
                  + " joiner.weights is accuracy; each partition of the soft labels counts its own.")
          .between(1L, 1_000_000_000L);

  /** All teachers count alike. */
  public static final WeightSettings ALIKE =
      new WeightSettings(Weighting.FIXED, Map.of(), List.of(), 10_000);

  public WeightSettings {
    fixed = Map.copyOf(fixed);
    labelNames = List.copyOf(labelNames);
    if (halfLife < 1) {
      throw new IllegalArgumentException("Expected a half-life of 1 or more, got " + halfLife);
    }
  }

  public static List<Setting<?>> all() {
    return List.of(WEIGHTS, TEACHER_WEIGHTS, LABEL_NAMES, HALF_LIFE);
  }

  public static WeightSettings from(Settings settings) {
    return new WeightSettings(
        settings.get(WEIGHTS),
        settings.get(TEACHER_WEIGHTS),
        settings.get(LABEL_NAMES),
        settings.get(HALF_LIFE));
  }

  /** Whether the ground truth is compared with the teachers' answers. */
  public boolean needLabels() {
    return weighting == Weighting.ACCURACY;
  }

  private static Map<String, Double> parseWeights(List<String> items) {
    Map<String, Double> weights = new LinkedHashMap<>();
    for (String item : items) {
      int equals = item.lastIndexOf('=');
      double weight = equals < 1 ? Double.NaN : parseWeight(item.substring(equals + 1).strip());
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(item);
      }
      weights.put(item.substring(0, equals).strip(), weight);
    }
    return weights;
  }

  private static double parseWeight(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
