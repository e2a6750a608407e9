package io.distillstream.monitor;

import io.distillstream.monitor.freshness.FreshnessObjective;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Settings of the monitor.
 *
 * @param http where the page is served, and to whom
 * @param model whose checkpoints, updates and devices are shown
 * @param recent span of the recent freshness figures
 * @param freshness objective for the age of records when devices have learned them
 * @param lag of which consumer groups, and how
 */
public record MonitorSettings(
    HttpListener http,
    String model,
    Duration recent,
    FreshnessObjective freshness,
    LagSettings lag) {

  /** Nothing is sent to the monitor but questions. */
  private static final int BODY_BYTES = 1_024;

  private static final HttpSettings HTTP = HttpSettings.of("monitor", 8090, "the page is served");
  private static final Setting<String> MODEL =
      Setting.text("monitor.model", "student", "Model whose training and updates are shown.");
  private static final Setting<Duration> RECENT =
      Setting.duration(
              "monitor.recent", Duration.ofMinutes(5), "Span of the recent freshness figures.")
          .between(Duration.ofSeconds(10), Duration.ofDays(1));
  private static final Setting<FreshnessObjective> FRESHNESS =
      Setting.text(
              "monitor.slo.freshness",
              "95% < 60s",
              "Service level objective: the share of records that a device has to have learned"
                  + " within a time of their request. Burn rates and alerts go by it.")
          .as(FreshnessObjective.ACCEPTS, FreshnessObjective::parse);

  /** Every setting of the monitor. */
  public static List<Setting<?>> all() {
    return Stream.of(HTTP.all(), List.of(MODEL, RECENT, FRESHNESS), LagSettings.all())
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  public static MonitorSettings from(Settings settings) {
    return new MonitorSettings(
        HTTP.from(settings).withBodyBytes(BODY_BYTES),
        settings.get(MODEL),
        settings.get(RECENT),
        settings.get(FRESHNESS),
        LagSettings.from(settings));
  }
}
