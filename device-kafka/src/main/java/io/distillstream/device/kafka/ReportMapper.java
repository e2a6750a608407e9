package io.distillstream.device.kafka;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.StageReport;
import io.distillstream.device.transport.ArrivalCounts;
import io.distillstream.device.transport.DeviceStatus;
import io.distillstream.device.transport.UpdateReport;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.util.ArrayList;
import java.util.Map;

/** Turns the device's reports into those of the topics. */
final class ReportMapper {

  private ReportMapper() {}

  static DeviceReport deviceReport(UpdateReport report) {
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

  static StageReport stageReport(DeviceStatus status) {
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
