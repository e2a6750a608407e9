package io.distillstream.local.demo;

import io.distillstream.avro.StageReport;
import io.distillstream.device.Rejection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Says in one line where records stopped on their way to the device, from what stages report. */
final class StalledStream {

  private StalledStream() {}

  /**
   * The first stage that the records did not pass.
   *
   * @param records that were sent
   * @param learned of these that the trainer does not hold out
   * @param reports what a stage says of itself now
   * @param refused the last artifact that the device did not take
   */
  static String reason(
      long records,
      long learned,
      Function<String, StageReport> reports,
      Optional<Rejection> refused) {
    StageReport teacher = reports.apply("teacher");
    StageReport joiner = reports.apply("joiner");
    StageReport trainer = reports.apply("trainer");
    StageReport quantizer = reports.apply("quantizer");
    if (count(teacher, "records_labelled") < records) {
      return at("the teacher labelled", teacher, "records_labelled", "records_rejected");
    }
    if (count(joiner, "examples_joined") < records) {
      return at("the joiner joined", joiner, "examples_joined", "dead_letters");
    }
    if (count(trainer, "records_trained") < learned) {
      return at("the trainer trained", trainer, "records_trained", "dead_letters")
          + note(trainer, "last_event");
    }
    if (refused.isPresent()) {
      return "the device refused version %d: %s"
          .formatted(refused.get().version(), refused.get().reason());
    }
    return String.format(
            Locale.ROOT,
            "the quantizer published %,d and refused %,d",
            count(quantizer, "artifacts_published"),
            count(quantizer, "artifacts_rejected") + count(quantizer, "candidates_worse"))
        + note(quantizer, "last_rejection")
        + note(quantizer, "last_unusable");
  }

  private static String at(String what, StageReport report, String done, String refused) {
    return String.format(
        Locale.ROOT, "%s %,d and refused %,d", what, count(report, done), count(report, refused));
  }

  private static String note(StageReport report, String name) {
    String note = report.getNotes().get(name);
    return note == null ? "" : " (" + note + ")";
  }

  private static long count(StageReport report, String counter) {
    Map<String, Long> counters = report.getCounters();
    return counters.getOrDefault(counter, 0L);
  }
}
