package io.distillstream.monitor;

import io.distillstream.runtime.HttpServers;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the monitor.
 *
 * @param host interface to listen on
 * @param port of the page; 0 for any free one
 * @param model whose checkpoints, updates and devices are shown
 * @param recent span of the recent freshness figures
 */
public record MonitorSettings(String host, int port, String model, Duration recent) {

  private static final Setting<String> HOST =
      Setting.text("monitor.host", HttpServers.LOOPBACK, "Interface the page listens on.");
  private static final Setting<Integer> PORT =
      Setting.integer("monitor.port", 8090, "Port of the page; 0 for any free one.")
          .between(0, 65_535);
  private static final Setting<String> MODEL =
      Setting.text("monitor.model", "student", "Model whose training and updates are shown.");
  private static final Setting<Duration> RECENT =
      Setting.duration(
              "monitor.recent", Duration.ofMinutes(5), "Span of the recent freshness figures.")
          .between(Duration.ofSeconds(10), Duration.ofDays(1));

  /** Every setting of the monitor. */
  public static List<Setting<?>> all() {
    return List.of(HOST, PORT, MODEL, RECENT);
  }

  public static MonitorSettings from(Settings settings) {
    return new MonitorSettings(
        settings.get(HOST), settings.get(PORT), settings.get(MODEL), settings.get(RECENT));
  }
}
