package io.distillstream.local.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.tracing.ExportPlan;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether traces are exported, where to and how many. */
public final class TracingSettings {

  private static final Pattern HEADER = Pattern.compile("([A-Za-z0-9!#$%&'*+.^_`|~-]+)=([ -~]+)");

  /** The HTTP client sets them itself and lets nobody else. */
  private static final Set<String> RESERVED =
      Set.of("connection", "content-length", "content-type", "expect", "host", "upgrade");

  static final Setting<Optional<URI>> OTLP_ENDPOINT =
      Setting.server(
          ExportPlan.ENDPOINT_KEY,
          "Base address of an OpenTelemetry collector that takes traces by OTLP over HTTP, to"
              + " which v1/traces is added; empty: no trace is begun or exported, but those of"
              + " clients are passed on");

  static final Setting<Double> SAMPLE_RATIO =
      Setting.decimal(
              "tracing.sample-ratio",
              0.01,
              "Share of requests that are traced, of those whose client has not decided it; spans of"
                  + " checkpoints and updates are always exported, and link to those requests")
          .between(0.0, 1.0);

  static final Setting<Map<String, String>> HEADERS =
      Setting.list(
              "tracing.headers",
              "",
              "HTTP headers for the collector, such as Authorization=Bearer ..., separated by"
                  + " commas; best set in the environment")
          .as("name=value, separated by commas", TracingSettings::headers)
          .asSecret();

  private TracingSettings() {}

  static List<Setting<?>> all() {
    return List.of(OTLP_ENDPOINT, SAMPLE_RATIO, HEADERS);
  }

  /** How to export; empty where it is not asked for. */
  public static Optional<ExportPlan> from(Settings settings) {
    return settings
        .get(OTLP_ENDPOINT)
        .map(
            endpoint ->
                new ExportPlan(endpoint, settings.get(SAMPLE_RATIO), settings.get(HEADERS)));
  }

  private static Map<String, String> headers(List<String> items) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String item : items) {
      Matcher header = HEADER.matcher(item);
      if (!header.matches() || RESERVED.contains(header.group(1).toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException("name=value");
      }
      headers.put(header.group(1), header.group(2));
    }
    return headers;
  }
}
