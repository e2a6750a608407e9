package io.distillstream.monitor.view;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.monitor.freshness.Freshness;
import io.distillstream.monitor.freshness.FreshnessView;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What the devices reported: who runs what, and how old its records were when it began to. */
final class DeviceView {

  private static final int MAX_DEVICES = 10_000;
  private static final int MAX_SHOWN = 20;
  private static final int MAX_POINTS = 512;
  private static final int REMEMBERED_REPORTS = 1_000;

  private final Map<String, Status.Device> devices = new LinkedHashMap<>();
  private final Set<String> seen = new LinkedHashSet<>();
  private final Trace trace = new Trace(3, MAX_POINTS);
  private final FreshnessView freshness;

  /**
   * @param freshness told of installations; borrowed
   */
  DeviceView(FreshnessView freshness) {
    this.freshness = freshness;
  }

  /** Takes a report; a copy of one seen lately is ignored, since devices send at least once. */
  boolean report(DeviceReport report) {
    String identity =
        String.join(
            "/",
            report.getDeviceId(),
            report.getEvent().name(),
            Long.toString(report.getVersion()),
            report.getAt().toString());
    if (!seen.add(identity)) {
      return false;
    }
    if (seen.size() > REMEMBERED_REPORTS) {
      seen.remove(seen.iterator().next());
    }
    // Taken out first, so that the map is in the order of the last report.
    Status.Device before = devices.remove(report.getDeviceId());
    devices.put(report.getDeviceId(), after(before, report));
    if (devices.size() > MAX_DEVICES) {
      devices.remove(devices.keySet().iterator().next());
    }
    if (report.getEvent() == DeviceEvent.INSTALLED) {
      installed(report, before == null ? null : before.version());
    }
    return true;
  }

  private static Status.Device after(Status.@Nullable Device before, DeviceReport report) {
    boolean installed = report.getEvent() == DeviceEvent.INSTALLED;
    Long running = before == null ? null : before.version();
    boolean refusedNewer =
        !installed && (running == null || report.getVersion() > running.longValue());
    return new Status.Device(
        report.getDeviceId(),
        report.getChannel(),
        installed ? Long.valueOf(report.getVersion()) : running,
        report.getAt().toString(),
        report.getAnswersServed(),
        refusedNewer ? Long.valueOf(report.getVersion()) : null,
        refusedNewer ? report.getReason() : null);
  }

  private void installed(DeviceReport report, @Nullable Long before) {
    Freshness.Window ages = freshness.installed(report, before);
    if (ages.p50() == null || ages.p95() == null) {
      return;
    }
    // Reports of several devices may arrive out of order; a chart's x must not fall.
    List<Double> times = trace.column(0);
    double at = report.getAt().toEpochMilli() / 1000.0;
    trace.add(
        times.isEmpty() ? at : Math.max(at, times.get(times.size() - 1)), ages.p50(), ages.p95());
  }

  /** How many devices run this version. */
  long running(String channel, long version) {
    return devices.values().stream()
        .filter(device -> device.channel().equals(channel))
        .filter(device -> versionOf(device) == version)
        .count();
  }

  /** Versions start at 1; 0 stands for none. */
  private static long versionOf(Status.Device device) {
    Long version = device.version();
    return version == null ? 0 : version;
  }

  Status.Devices status(ToLongFunction<String> newestOfChannel) {
    int current =
        (int)
            devices.values().stream()
                .filter(device -> versionOf(device) > 0)
                .filter(
                    device -> versionOf(device) >= newestOfChannel.applyAsLong(device.channel()))
                .count();
    List<Status.Device> latest =
        devices.values().stream()
            .sorted(Comparator.comparing(Status.Device::reportedAt).reversed())
            .limit(MAX_SHOWN)
            .toList();
    return new Status.Devices(devices.size(), current, latest);
  }

  History.FreshnessSeries history() {
    return new History.FreshnessSeries(trace.column(0), trace.column(1), trace.column(2));
  }
}
