package io.distillstream.artifacts.incumbent;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What held-out requests say of a candidate beside its incumbent.
 *
 * @param samples requests that both answered
 * @param agreement of the candidate with the teacher: weighted mean overlap of the distributions
 * @param incumbentAgreement the same of the incumbent
 * @param lowerBound of the difference of the two, at the confidence that the number of looks asks
 *     for
 * @param predictionDifference weighted share of requests on which the candidate's most probable
 *     class is the teacher's, minus that of the incumbent
 * @param margin loss that was allowed: the setting's, less what earlier updates lost of it
 * @param looks candidates compared with this incumbent, this one included
 * @param deficit what is lost within the margin if this candidate is published, at most 0
 * @param worst the label on which the candidate lost most; empty where none has enough requests
 * @param objections why it must not be published; empty if it may
 */
public record Comparison(
    int samples,
    double agreement,
    double incumbentAgreement,
    double lowerBound,
    double predictionDifference,
    double margin,
    int looks,
    double deficit,
    Optional<ClassDifference> worst,
    List<Objection> objections) {

  public Comparison {
    objections = List.copyOf(objections);
  }

  /** What speaks against a candidate. */
  public sealed interface Objection {
    /** Its agreement is not shown to be within the margin of the incumbent's. */
    record NotShownAsGood() implements Objection {}

    /** Its predictions agree with the teacher's less often, by more than the margin. */
    record FewerLikePredictions() implements Objection {}

    /** It is shown to have lost more than the margin of a class on this label. */
    record LostLabel(ClassDifference difference) implements Objection {}
  }

  /** Whether the candidate is as good as its incumbent, as far as can be asked. */
  public boolean passed() {
    return objections.isEmpty();
  }

  /** Agreement of the candidate minus that of the incumbent. */
  public double difference() {
    return agreement - incumbentAgreement;
  }

  /**
   * Why the candidate must not be published, for people.
   *
   * @param labelNames by index
   */
  public String reason(IntFunction<String> labelNames) {
    List<String> reasons = new ArrayList<>();
    for (Objection objection : objections) {
      reasons.add(reason(objection, labelNames));
    }
    return String.join("; ", reasons);
  }

  private String reason(Objection objection, IntFunction<String> labelNames) {
    if (objection instanceof Objection.LostLabel lost) {
      return format(
          "agreement on label %s differs by %+.3f",
          labelNames.apply(lost.difference().label()), lost.difference().difference());
    }
    if (objection instanceof Objection.FewerLikePredictions) {
      return format(
          "the share of the teacher's predictions differs by %+.4f", predictionDifference);
    }
    return format(
        "agreement with the teacher differs by %+.4f, at least %+.4f, of which %.4f may be lost",
        difference(), lowerBound, margin);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
