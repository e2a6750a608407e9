package io.distillstream.device;

import io.distillstream.device.folder.InstalledModel;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.UpdateReport;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what became of an update on this device.
 *
 * @param deviceId who reports
 * @param answersServed by this device since it was opened
 * @param clock of the device
 */
record Reporter(String deviceId, LongSupplier answersServed, Clock clock) {

  UpdateReport installed(InstalledModel model, ArrivalCounts arrivals) {
    return report(model, UpdateReport.Outcome.INSTALLED, null, arrivals);
  }

  /** Its records come with the next version that is installed, and are counted there. */
  UpdateReport refused(InstalledModel model, String reason) {
    return report(model, UpdateReport.Outcome.REJECTED, reason, ArrivalCounts.NONE);
  }

  private UpdateReport report(
      InstalledModel model,
      UpdateReport.Outcome outcome,
      @Nullable String reason,
      ArrivalCounts arrivals) {
    return new UpdateReport(
        deviceId,
        model.model(),
        model.channel(),
        model.version(),
        outcome,
        reason,
        arrivals,
        answersServed.getAsLong(),
        clock.instant());
  }
}
