package io.distillstream.monitor;

import io.distillstream.monitor.freshness.Freshness;
import io.distillstream.monitor.view.Status;
import io.distillstream.monitor.view.WatchedStage;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How the data flows and how training goes: stages, records, freshness, devices. */
final class PipelineGauges {

  private final StatusGauges gauges;

  private PipelineGauges(StatusGauges gauges) {
    this.gauges = gauges;
  }

  static void addTo(StatusGauges gauges) {
    new PipelineGauges(gauges).add();
  }

  private void add() {
    addStages();
    addTraining();
    addPublished();
    addFreshness("all", now -> now.freshness().overall());
    addFreshness("recent", now -> now.freshness().recent());
    addObjective();
    addDevices("known", Status.Devices::known);
    addDevices("current", Status.Devices::current);
    gauges.add(
        "dead.letters", "Records that no stage could use.", now -> now.deadLetters().count());
    gauges.add(
        "connected",
        "1 while the brokers answer the monitor, else 0.",
        now -> now.connected() ? 1 : 0);
  }

  private void addStages() {
    for (WatchedStage stage : WatchedStage.values()) {
      Tags tags = Tags.of("stage", stage.label());
      gauges.add(
          "lag.records",
          "Records that a stage has still to read.",
          tags,
          now -> of(now, stage, Status.StageStatus::lag));
      gauges.add(
          "lag.seconds",
          "Age of the oldest record that a stage has still to read, in seconds.",
          tags,
          now -> of(now, stage, Status.StageStatus::lagSeconds));
      gauges.add(
          "rate.records.per.second",
          "Records per second that a stage gets through.",
          tags,
          now -> of(now, stage, Status.StageStatus::ratePerSecond));
      gauges.add(
          "stage.up",
          "1 while a stage reports and works, else 0.",
          tags,
          now -> of(now, stage, told -> told.state().equals("running") ? 1 : 0));
    }
  }

  private void addTraining() {
    addTraining(
        "checkpoint.version", "Version of the newest checkpoint.", Status.Training::version);
    addTraining(
        "records.trained",
        "Records that the student has learned from.",
        Status.Training::recordsTrained);
    addTraining(
        "records.replayed",
        "Remembered records that training was mixed with, each time counted anew.",
        Status.Training::replayedTrained);
    addTraining(
        "records.held.out",
        "Records that were held out and are never learned.",
        Status.Training::heldOutRecords);
    addTraining(
        "prequential.agreement",
        "Share of records, scored before they were learned, on which student and teacher agree.",
        Status.Training::agreement);
    addTraining(
        "prequential.kl",
        "Mean KL divergence of the student from the teacher, in nats, scored before learning.",
        Status.Training::kl);
    addTraining(
        "prequential.averaged.agreement",
        "Agreement of the averaged weights, scored before learning.",
        Status.Training::averagedAgreement);
    addTraining(
        "prequential.averaged.kl",
        "Mean KL divergence of the averaged weights, in nats, scored before learning.",
        Status.Training::averagedKl);
    addTraining(
        "temperature",
        "Softmax temperature of the distillation loss.",
        Status.Training::temperature);
    addTraining(
        "alpha", "Weight of the distillation term in the loss, 0 to 1.", Status.Training::alpha);
  }

  private void addTraining(
      String name, String help, Function<Status.Training, @Nullable Number> value) {
    gauges.add(name, help, now -> value.apply(now.training()));
  }

  private void addPublished() {
    gauges.add(
        "published.version",
        "Version of the newest published artifact.",
        newest(Status.Version::version));
    gauges.add(
        "artifact.bytes",
        "Bytes of the newest published artifact.",
        newest(Status.Version::artifactBytes));
    gauges.add(
        "artifact.agreement",
        "Share of texts on which the newest artifact and its fp32 checkpoint agree.",
        newest(Status.Version::agreementWithFp32));
  }

  private void addDevices(String state, Function<Status.Devices, Number> value) {
    gauges.add(
        "devices",
        "Devices that have reported, and those on the newest artifact.",
        Tags.of("state", state),
        now -> value.apply(now.devices()));
  }

  private void addFreshness(String window, Function<Status, Freshness.Window> of) {
    String name = "freshness.seconds";
    String help = "Age of training records when a device began to answer with them, in seconds.";
    Tags tags = Tags.of("window", window);
    // The label quantile is reserved for summaries.
    gauges.add(name, help, tags.and("percentile", "50"), now -> of.apply(now).p50());
    gauges.add(name, help, tags.and("percentile", "95"), now -> of.apply(now).p95());
    gauges.add(name, help, tags.and("percentile", "100"), now -> of.apply(now).max());
  }

  private void addObjective() {
    gauges.add(
        "slo.freshness.objective.ratio",
        "Share of records that a device has to have learned in time.",
        now -> now.freshness().objective().share());
    gauges.add(
        "slo.freshness.threshold.seconds",
        "Age of a record up to which a device has learned it in time.",
        now -> now.freshness().objective().seconds());
    gauges.add(
        "slo.freshness.budget.left.ratio",
        "Share of the late records that the objective allows in 30 days which have not come yet.",
        now -> now.freshness().objective().budgetLeft());
    for (String severity : List.of("page", "ticket")) {
      gauges.add(
          "slo.freshness.alerts.firing",
          "Burn rates of the freshness objective that somebody has to see to.",
          Tags.of("severity", severity),
          now -> now.freshness().objective().firing(severity));
    }
  }

  private static Function<Status, @Nullable Number> newest(Function<Status.Version, Number> value) {
    return now -> now.versions().isEmpty() ? null : value.apply(now.versions().get(0));
  }

  /** Null for a stage that the pipeline works without. */
  private static @Nullable Number of(
      Status status, WatchedStage stage, Function<Status.StageStatus, @Nullable Number> value) {
    return status.stages().stream()
        .filter(candidate -> candidate.name().equals(stage.label()))
        .findFirst()
        .<@Nullable Number>map(value)
        .orElse(null);
  }
}
