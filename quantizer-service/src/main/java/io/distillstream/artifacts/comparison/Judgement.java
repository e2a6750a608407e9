package io.distillstream.artifacts.comparison;

import io.distillstream.artifacts.incumbent.ClassDifference;
import io.distillstream.artifacts.incumbent.Comparison;
import io.distillstream.artifacts.incumbent.Looks;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.IncumbentComparison;
import io.distillstream.avro.TrainingEvent;
import io.distillstream.avro.TrainingEventKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a candidate beside what devices of a channel run.
 *
 * @param channel where it would be published
 * @param candidate its checkpoint
 * @param incumbent version that devices run
 * @param looks at this incumbent, this one included
 * @param comparison of the two
 */
public record Judgement(
    String channel, Checkpoint candidate, long incumbent, Looks looks, Comparison comparison) {
  /** Keys of an event's details that a later session reads. */
  static final String INCUMBENT = "incumbent";

  static final String LOOKS = "looks";
  static final String LOOKS_SINCE = "looks_since";

  /** Whether the candidate may be published. */
  public boolean passed() {
    return comparison.passed();
  }

  /** For people: both versions and the figures. */
  public String message() {
    String figures =
        comparison.passed()
            ? String.format(
                Locale.ROOT,
                "agreement with the teacher differs by %+.4f, at least %+.4f",
                comparison.difference(),
                comparison.lowerBound())
            : comparison.reason(candidate.getLabels()::get);
    return "version %d against version %d, which devices of %s run: %s (%d held-out requests, look %d)"
        .formatted(
            candidate.getVersion(),
            incumbent,
            channel,
            figures,
            comparison.samples(),
            comparison.looks());
  }

  /** For the manifest of the update. */
  public IncumbentComparison manifest() {
    Optional<ClassDifference> worst = comparison.worst();
    return IncumbentComparison.newBuilder()
        .setVersion(incumbent)
        .setSamples(comparison.samples())
        .setAgreement(comparison.agreement())
        .setIncumbentAgreement(comparison.incumbentAgreement())
        .setLowerBound(comparison.lowerBound())
        .setMargin(comparison.margin())
        .setLooks(comparison.looks())
        .setDeficit(comparison.deficit())
        .setWorstClass(worst.map(this::name).orElse(null))
        .setWorstClassDifference(worst.map(ClassDifference::difference).orElse(null))
        .build();
  }

  private String name(ClassDifference difference) {
    return candidate.getLabels().get(difference.label());
  }

  /** For those who watch training: why the candidate is not published. */
  public TrainingEvent refusal(Instant at) {
    Map<String, Double> details = new HashMap<>();
    details.put(INCUMBENT, (double) incumbent);
    details.put(LOOKS, (double) looks.count());
    details.put(LOOKS_SINCE, (double) looks.since());
    details.put("difference", comparison.difference());
    details.put("lower_bound", comparison.lowerBound());
    details.put("margin", comparison.margin());
    details.put("samples", (double) comparison.samples());
    details.put("agreement", comparison.agreement());
    details.put("incumbent_agreement", comparison.incumbentAgreement());
    details.put("prediction_difference", comparison.predictionDifference());
    put(details, "worst_class_difference", comparison.worst().map(ClassDifference::difference));
    return TrainingEvent.newBuilder()
        .setModel(candidate.getModel())
        .setKind(TrainingEventKind.REFUSED)
        .setVersion(candidate.getVersion())
        .setRecords(candidate.getRecordsTrained())
        .setMessage("Not published: " + message())
        .setDetails(details)
        .setChannel(channel)
        .setAt(at)
        .build();
  }

  private static void put(Map<String, Double> details, String name, Optional<Double> value) {
    @Nullable Double present = value.orElse(null);
    if (present != null) {
      details.put(name, present);
    }
  }
}
