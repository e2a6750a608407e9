package io.distillstream.quantization.search;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.gate.Measurements;
import io.distillstream.quantization.gate.Verdict;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.PrecisionPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A candidate that was built and judged.
 *
 * @param ladder on which it was found
 * @param plan what is held how
 * @param layers how many layers are held in which precision
 * @param artifact the rewritten model
 * @param measured beside the original
 * @param verdict of the gate
 * @param isRefused whether the engine refuses to load or to run it; the verdict says why
 */
public record Attempt(
    Ladder ladder,
    PrecisionPlan plan,
    Map<Precision, Long> layers,
    OnnxModel artifact,
    Measurements measured,
    Verdict verdict,
    boolean isRefused) {
  public Attempt {
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
  }

  /** The same with more that is known of it. */
  Attempt with(Measurements more, Verdict judged) {
    return new Attempt(ladder, plan, layers, artifact, more, judged, isRefused);
  }

  /** Names of the layers that are held in a precision, in alphabetic order. */
  public List<String> layersIn(Precision precision) {
    return plan.layers().keySet().stream()
        .filter(layer -> plan.of(layer) == precision)
        .sorted()
        .toList();
  }

  /**
   * How many nodes the artifact has of each operator that is not in ONNX's default domain, by
   * domain and operator, as {@code com.microsoft.QAttention}: whatever engine runs the artifact
   * must have them. Bodies of control flow are not counted.
   */
  public Map<String, Long> foreignOperators() {
    return artifact.nodes().stream()
        .filter(node -> !OnnxModel.isDefaultDomain(node.getDomain()))
        .collect(
            Collectors.groupingBy(
                node -> node.getDomain() + "." + node.getOpType(),
                TreeMap::new,
                Collectors.counting()));
  }

  /** The ladder, and which layers stand higher than its lowest rungs, as manifests say it. */
  public String describe() {
    List<String> exceptions = new ArrayList<>();
    for (Precision precision : List.of(Precision.FP16, Precision.FP32)) {
      List<String> names = layersIn(precision);
      if (!names.isEmpty() && !(ladder == Ladder.FP16 && precision == Precision.FP16)) {
        exceptions.add(precision.text() + ": " + String.join(" ", names));
      }
    }
    return exceptions.isEmpty()
        ? ladder.text()
        : ladder.text() + ", " + String.join(", ", exceptions);
  }
}
