package io.distillstream.wire.check;

import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.StageReport;
import io.distillstream.avro.TrainingEvent;

/**
 * What devices and stages say of themselves. The clock of whoever does may be wrong by years, which
 * is no reason to lose the rest: readers bound its times by their own clock.
 */
public final class ReportChecks {
  private ReportChecks() {}

  public static void device(DeviceReport report) {
    Require.name("device_id", report.getDeviceId());
    Require.name("model", report.getModel());
    Require.name("channel", report.getChannel());
    Require.between("version", report.getVersion(), 0, Require.LARGEST_VERSION);
    EventTimesCheck.check(report.getEventTimes());
    Require.count("answers_served", report.getAnswersServed());
  }

  public static void stage(StageReport report) {
    Require.name("stage", report.getStage());
    Require.name("instance", report.getInstance());
    report.getCounters().forEach((name, value) -> Require.count("counters." + name, value));
  }

  public static void event(TrainingEvent event) {
    Require.name("model", event.getModel());
    Require.between("version", event.getVersion(), 0, Require.LARGEST_VERSION);
    Require.count("records", event.getRecords());
    Require.time("at", event.getAt());
  }
}
