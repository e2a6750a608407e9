package io.distillstream.quantization.optimize;

import io.distillstream.onnx.OnnxModel;
import java.util.List;

/**
 * A simplified graph and how it came about.
 *
 * @param model computes the same as the original, to the rounding of floats
 * @param applied the passes that found something, in the order in which they run
 * @param nodesBefore nodes of the original
 * @param nodesAfter nodes of the model
 * @param notes what was found and left alone, and why; a sentence each
 */
public record Optimization(
    OnnxModel model,
    List<AppliedPass> applied,
    int nodesBefore,
    int nodesAfter,
    List<String> notes) {
  public Optimization {
    applied = List.copyOf(applied);
    notes = List.copyOf(notes);
  }

  /** How often a pass of this name applied. */
  public int count(String pass) {
    return applied.stream()
        .filter(found -> found.name().equals(pass))
        .mapToInt(AppliedPass::count)
        .sum();
  }
}
