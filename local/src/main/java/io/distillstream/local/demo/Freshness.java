package io.distillstream.local.demo;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.EventTimes;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How old each record was when the first model that had learned it began to answer on a device: the
 * time of installation minus the time at which the request was received, to 100 ms and rounded up.
 */
final class Freshness {

  private static final Logger log = LoggerFactory.getLogger(Freshness.class);

  private final TreeMap<Long, Long> recordsByAgeMillis = new TreeMap<>();

  /**
   * Reads the reports of one device from the cluster.
   *
   * @param since earlier installations, of an earlier run, are left out
   */
  public static Freshness read(
      ClusterConnection cluster, Codec<DeviceReport> codec, String deviceId, Instant since) {
    Freshness freshness = new Freshness();
    try (TopicScan scan = new TopicScan(cluster)) {
      scan.read(scan.whole(codec.topic()), record -> freshness.add(codec, record, deviceId, since));
    }
    return freshness;
  }

  private void add(
      Codec<DeviceReport> codec,
      ConsumerRecord<String, byte[]> record,
      String deviceId,
      Instant since) {
    try {
      DeviceReport report = codec.decode(record.value());
      if (report.getDeviceId().equals(deviceId)
          && report.getEvent() == DeviceEvent.INSTALLED
          && report.getAt().isAfter(since)) {
        add(report.getEventTimes(), report.getAt());
      }
    } catch (UndecodableRecordException e) {
      log.warn("Device report at offset {} left out: {}", record.offset(), e.getMessage());
    }
  }

  void add(EventTimes times, Instant installedAt) {
    for (int i = 0; i < times.getStartsMillis().size(); i++) {
      long age = installedAt.toEpochMilli() - times.getStartsMillis().get(i);
      recordsByAgeMillis.merge(age, times.getCounts().get(i), Long::sum);
    }
  }

  /** Records that reached the device. */
  public long records() {
    return recordsByAgeMillis.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The age, in seconds, that a share of the records had at most; NaN where there are none. */
  public double quantileSeconds(double quantile) {
    long rank = Math.max(1, (long) Math.ceil(quantile * records()));
    long seen = 0;
    for (Map.Entry<Long, Long> age : recordsByAgeMillis.entrySet()) {
      seen += age.getValue();
      if (seen >= rank) {
        return age.getKey() / 1e3;
      }
    }
    return Double.NaN;
  }
}
