package io.distillstream.monitor;

import io.distillstream.avro.TrainingEventKind;
import io.distillstream.monitor.view.Comparison;
import io.distillstream.monitor.view.Status;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How good the student is on records that it never learns, how candidates did beside what devices
 * ran, and what happened on the way.
 */
final class QualityGauges {

  private final StatusGauges gauges;

  private QualityGauges(StatusGauges gauges) {
    this.gauges = gauges;
  }

  static void addTo(StatusGauges gauges) {
    new QualityGauges(gauges).add();
  }

  private void add() {
    addHeldOut("published", Status.HeldOut::published);
    addHeldOut("newest", Status.HeldOut::newest);
    gauges.add(
        "held.out.worst.class.agreement",
        "Lowest agreement of the published weights on the held-out records of one label, 0 to 1.",
        now -> worstClass(now.training().heldOut()));
    addComparison(
        "published", now -> now.versions().isEmpty() ? null : now.versions().get(0).incumbent());
    addComparison(
        "refused", now -> now.refused().isEmpty() ? null : now.refused().get(0).incumbent());
    gauges.add(
        "refused.version",
        "Version of the candidate that was refused last.",
        now -> now.refused().isEmpty() ? null : now.refused().get(0).version());
    for (TrainingEventKind kind : TrainingEventKind.values()) {
      String word = kind.name().toLowerCase(Locale.ROOT);
      gauges.add(
          "training.events",
          "Training events still on their topic when the monitor started, and all since.",
          Tags.of("kind", word),
          now -> now.eventCounts().get(word));
    }
  }

  private void addHeldOut(
      String weights, Function<Status.HeldOut, Status.@Nullable HeldOutScore> of) {
    Tags tags = Tags.of("weights", weights);
    addHeldOut(
        "records", "Held-out records that were scored.", tags, of, Status.HeldOutScore::records);
    addHeldOut(
        "agreement",
        "Share of held-out records, never learned, on which student and teacher agree.",
        tags,
        of,
        Status.HeldOutScore::agreement);
    addHeldOut(
        "kl",
        "Mean KL divergence of the student from the teacher, in nats, on held-out records.",
        tags,
        of,
        Status.HeldOutScore::kl);
    addHeldOut(
        "accuracy",
        "Share of held-out records of known truth that the student gets right.",
        tags,
        of,
        Status.HeldOutScore::accuracy);
    addHeldOut(
        "ece",
        "Expected calibration error against the truth, 0 to 1, on held-out records.",
        tags,
        of,
        Status.HeldOutScore::ece);
    addHeldOut(
        "teacher.ece",
        "Expected calibration error against the teacher, 0 to 1, on held-out records.",
        tags,
        of,
        Status.HeldOutScore::teacherEce);
  }

  private void addHeldOut(
      String name,
      String help,
      Tags tags,
      Function<Status.HeldOut, Status.@Nullable HeldOutScore> of,
      Function<Status.HeldOutScore, @Nullable Number> value) {
    gauges.add(
        "held.out." + name,
        help,
        tags,
        now -> {
          Status.HeldOut heldOut = now.training().heldOut();
          Status.HeldOutScore score = heldOut == null ? null : of.apply(heldOut);
          return score == null ? null : value.apply(score);
        });
  }

  private static @Nullable Double worstClass(Status.@Nullable HeldOut heldOut) {
    return heldOut == null || heldOut.labels().isEmpty()
        ? null
        : heldOut.labels().values().stream()
            .mapToDouble(Status.HeldOutScore::agreement)
            .min()
            .getAsDouble();
  }

  /** How a candidate, the newest published or the one refused last, did beside its incumbent. */
  private void addComparison(String candidate, Function<Status, @Nullable Comparison> of) {
    Tags tags = Tags.of("candidate", candidate);
    addComparison(
        "version", "Version that a candidate was compared with.", tags, of, Comparison::version);
    addComparison(
        "difference",
        "Overlap with the teacher's distribution of a candidate minus that of what devices ran,"
            + " -1 to 1, on held-out records.",
        tags,
        of,
        Comparison::difference);
    addComparison(
        "lower.bound",
        "Lower confidence bound of that difference, -1 to 1.",
        tags,
        of,
        Comparison::lowerBound);
    addComparison(
        "margin",
        "Largest loss of that overlap that counts as no worse, 0 to 1.",
        tags,
        of,
        Comparison::margin);
    addComparison(
        "samples",
        "Held-out records that candidate and incumbent both answered.",
        tags,
        of,
        Comparison::samples);
    addComparison(
        "looks", "Candidates compared with this incumbent so far.", tags, of, Comparison::looks);
  }

  private void addComparison(
      String name,
      String help,
      Tags tags,
      Function<Status, @Nullable Comparison> of,
      Function<Comparison, @Nullable Number> value) {
    gauges.add(
        "incumbent." + name,
        help,
        tags,
        now -> {
          Comparison comparison = of.apply(now);
          return comparison == null ? null : value.apply(comparison);
        });
  }
}
