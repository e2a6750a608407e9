package io.distillstream.local.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.util.List;

/** Ports of what only the embedded default starts. */
public record LocalSettings(int brokerPort, int registryPort) {

  static final Setting<Integer> BROKER_PORT =
      Setting.integer(
              "local.broker-port", 9092, "Port of the embedded broker; 0 takes any free one")
          .between(0, 65_535);

  static final Setting<Integer> REGISTRY_PORT =
      Setting.integer(
              "local.registry-port", 8081, "Port of the embedded registry; 0 takes any free one")
          .between(0, 65_535);

  static List<Setting<?>> all() {
    return List.of(BROKER_PORT, REGISTRY_PORT);
  }

  public static LocalSettings from(Settings settings) {
    return new LocalSettings(settings.get(BROKER_PORT), settings.get(REGISTRY_PORT));
  }
}
