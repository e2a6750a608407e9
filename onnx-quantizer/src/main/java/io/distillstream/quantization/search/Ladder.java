package io.distillstream.quantization.search;

import io.distillstream.quantization.plan.Precision;
import java.util.List;
import java.util.Set;

/**
 * The precisions a search may give to a layer, from the smallest to the most precise. A layer that
 * cannot be held in one starts at the next.
 */
public enum Ladder {
  INT8_DYNAMIC("int8-dynamic", Precision.INT8_DYNAMIC, Precision.FP16, Precision.FP32),
  INT8_STATIC(
      "int8-static", Precision.INT8_STATIC, Precision.INT8_DYNAMIC, Precision.FP16, Precision.FP32),
  INT8_WEIGHTS("int8-weights", Precision.INT8_WEIGHTS, Precision.FP16, Precision.FP32),
  INT4_WEIGHTS(
      "int4-weights",
      Precision.INT4_WEIGHTS,
      Precision.INT8_WEIGHTS,
      Precision.INT8_DYNAMIC,
      Precision.FP16,
      Precision.FP32),
  FP16("fp16", Precision.FP16, Precision.FP32);

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // Made by List.of.
  private final List<Precision> rungs;

  Ladder(String text, Precision... rungs) {
    this.text = text;
    this.rungs = List.of(rungs);
  }

  /** What commands, manifests and reports call it. */
  public String text() {
    return text;
  }

  /** All rungs, the smallest first. */
  Precision[] rungs() {
    return rungs.toArray(Precision[]::new);
  }

  /** Those rungs that a layer can be held in, the smallest first. */
  List<Precision> rungs(Set<Precision> possible) {
    return rungs.stream()
        .filter(rung -> rung == Precision.FP32 || possible.contains(rung))
        .toList();
  }
}
