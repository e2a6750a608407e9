package io.distillstream.local;

import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.runtime.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A whole pipeline on free ports, with a student that is small and publishes after a hundred
 * records whatever it has learned.
 */
public final class SmallPipeline {

  private SmallPipeline() {}

  /** Starts it; the caller closes it. */
  public static LocalPipeline start(Path dataFolder) {
    return start(dataFolder, Map.of());
  }

  /**
   * Starts it with more settings; the caller closes it.
   *
   * @param more by their keys
   */
  public static LocalPipeline start(Path dataFolder, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(settings(dataFolder));
    settings.putAll(more);
    ServicePlan plan = ServicePlan.embedded(Settings.load(AllSettings.list(), settings));
    return LocalPipeline.start(plan, line -> {});
  }

  private static Map<String, String> settings(Path dataFolder) {
    return Map.ofEntries(
        Map.entry("data.folder", dataFolder.toString()),
        Map.entry("local.broker-port", "0"),
        Map.entry("local.registry-port", "0"),
        Map.entry("teacher.http.port", "0"),
        Map.entry("monitor.port", "0"),
        Map.entry("gateway.port", "0"),
        Map.entry("tap.port", "0"),
        Map.entry("trainer.width", "32"),
        Map.entry("trainer.blocks", "1"),
        Map.entry("trainer.embedding-start", "random"),
        Map.entry("trainer.checkpoint-records", "100"),
        Map.entry("trainer.checkpoint-interval", "1s"),
        Map.entry("quantizer.min-agreement", "0.5"),
        Map.entry("quantizer.max-size-ratio", "1.0"),
        Map.entry("quantizer.max-latency-ratio", "1000"),
        Map.entry("quantizer.min-evaluation-samples", "10"),
        Map.entry("quantizer.incumbent.enabled", "false"));
  }
}
