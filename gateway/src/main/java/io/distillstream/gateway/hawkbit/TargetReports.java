package io.distillstream.gateway.hawkbit;

import io.distillstream.gateway.hawkbit.fleet.Fleet;
import io.distillstream.gateway.hawkbit.fleet.Reported;
import io.distillstream.gateway.hawkbit.fleet.Target;
import io.distillstream.gateway.report.ReportIntake;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.ReportJson;
import io.distillstream.update.UpdateReport;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Says in a target's name what any other device says itself. Thread-safe. */
final class TargetReports {

  private final ReportIntake intake;
  private final Fleet fleet;

  /** Borrows both. */
  TargetReports(ReportIntake intake, Fleet fleet) {
    this.intake = intake;
    this.fleet = fleet;
  }

  /** Says which version answers. What is lost of it is no loss: a client asks again and again. */
  void status(Target target, Instant now) {
    long installed = fleet.installed(target).orElse(0L);
    DeviceStatus status = new DeviceStatus(target.controllerId(), now, 0, installed);
    var unused = intake.status(ReportJson.write(status), Optional.empty());
  }

  /**
   * Says what became of an update, unless that was the last thing that was reported anyway.
   *
   * @param failure why it does not answer; null where it does
   * @return as of {@link ReportIntake#report}
   */
  CompletableFuture<Void> report(
      Caller caller, long version, @Nullable String failure, Instant now) {
    Target target = caller.target();
    boolean installed = failure == null;
    if (fleet.hasReported(target, version, installed)) {
      return CompletableFuture.completedFuture(null);
    }
    ArrivalCounts arrivals =
        installed
            ? caller
                .published()
                .arrivals(version, fleet.installed(target), fleet.since(target, now))
            : ArrivalCounts.NONE;
    UpdateReport report =
        new UpdateReport(
            target.controllerId(),
            target.follows().model(),
            target.follows().channel(),
            version,
            installed ? UpdateReport.Outcome.INSTALLED : UpdateReport.Outcome.REJECTED,
            failure,
            arrivals,
            0,
            now);
    return intake
        .report(ReportJson.write(report), Optional.empty())
        .thenAccept(
            sent ->
                fleet.wrote(
                    target,
                    new Reported(version, installed, sent.partition(), sent.offset(), now)));
  }
}
