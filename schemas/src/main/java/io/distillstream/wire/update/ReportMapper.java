package io.distillstream.wire.update;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.StageReport;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateReport;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.util.ArrayList;
import java.util.Map;

/** Turns what devices say into the records of the topics. */
public final class ReportMapper {

  private ReportMapper() {}

  public static DeviceReport deviceReport(UpdateReport report) {
    return DeviceReport.newBuilder()
        .setDeviceId(report.deviceId())
        .setModel(report.model())
        .setChannel(report.channel())
        .setVersion(report.version())
        .setEvent(
            switch (report.outcome()) {
              case INSTALLED -> DeviceEvent.INSTALLED;
              case REJECTED -> DeviceEvent.REJECTED;
            })
        .setReason(report.reason())
        .setEventTimes(eventTimes(report.arrivals()))
        .setAnswersServed(report.answersServed())
        .setAt(report.at())
        .build();
  }

  public static StageReport stageReport(DeviceStatus status) {
    return StageReport.newBuilder()
        .setStage("device")
        .setInstance(status.deviceId())
        .setAt(status.at())
        .setCounters(Map.of("answers_served", status.answersServed()))
        .setGauges(Map.of("installed_version", (double) status.installedVersion()))
        .setNotes(Map.of())
        .build();
  }

  private static EventTimes eventTimes(ArrivalCounts arrivals) {
    return new EventTimes(
        EventTimeHistogram.BUCKET_MILLIS,
        new ArrayList<>(arrivals.byStartMillis().keySet()),
        new ArrayList<>(arrivals.byStartMillis().values()));
  }
}
