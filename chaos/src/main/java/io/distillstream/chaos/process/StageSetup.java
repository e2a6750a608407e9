package io.distillstream.chaos.process;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How the stages of a pipeline are set, and how much memory their processes have. */
public final class StageSetup {

  /** Nobody asks there; beside another pipeline the usual ports may be taken. */
  private static final Map<String, String> ANY_PORTS =
      Map.of(
          "joiner.http.port", "0",
          "trainer.http.port", "0",
          "quantizer.http.port", "0",
          "signer.http.port", "0");

  private static final Map<String, String> SMALL =
      Map.ofEntries(
          Map.entry("trainer.width", "32"),
          Map.entry("trainer.blocks", "1"),
          Map.entry("trainer.embedding-start", "random"),
          Map.entry("trainer.checkpoint-interval", "3s"),
          Map.entry("trainer.keep-checkpoints", "5"),
          Map.entry("trainer.keep-checkpoint-age", "30s"),
          Map.entry("trainer.replay.max-examples", "2000"),
          // What runs beside the pipeline decides how fast an artifact is; quality is not judged.
          Map.entry("quantizer.max-latency-ratio", "1000"),
          Map.entry("quantizer.min-agreement", "0.5"),
          Map.entry("quantizer.max-accuracy-drop", "1"),
          Map.entry("quantizer.incumbent.enabled", "false"),
          // Small disks are full before the usual reserve is free.
          Map.entry("data.min-free-bytes", "16777216"));

  private final Map<String, String> settings;
  private final boolean fixedHeaps;

  private StageSetup(Map<String, String> settings, boolean fixedHeaps) {
    this.settings = new HashMap<>(ANY_PORTS);
    this.settings.putAll(settings);
    this.fixedHeaps = fixedHeaps;
  }

  /**
   * A small student and frequent checkpoints, so that each stage puts out something often, in
   * processes whose resident memory grows by nothing but what they hold.
   */
  public static StageSetup small() {
    return new StageSetup(SMALL, true);
  }

  /**
   * The product's defaults, in processes as the launcher starts them.
   *
   * @param settings that differ from the defaults
   */
  public static StageSetup defaults(Map<String, String> settings) {
    return new StageSetup(settings, false);
  }

  Map<String, String> settings() {
    return settings;
  }

  List<String> javaOptions(Stage stage) {
    if (!fixedHeaps) {
      return List.of("-Xmx1g", "-XX:MaxNewSize=341m");
    }
    String heap = stage.heapMib() + "m";
    return List.of("-XX:TieredStopAtLevel=1", "-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch");
  }
}
