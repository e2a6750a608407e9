package io.distillstream.quantization.optimize;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.ValueTypes;
import io.distillstream.quantization.optimize.fusion.AffineFolding;
import io.distillstream.quantization.optimize.fusion.GeluFusion;
import io.distillstream.quantization.optimize.fusion.GemmFusion;
import io.distillstream.quantization.optimize.fusion.HardSwishFusion;
import io.distillstream.quantization.optimize.fusion.LayerNormalizationFusion;
import io.distillstream.quantization.optimize.fusion.RectifierBeforePooling;
import io.distillstream.quantization.optimize.opset.OpsetUpgrade;
import io.distillstream.quantization.optimize.pass.Fusion;
import io.distillstream.quantization.optimize.pass.GraphPass;
import io.distillstream.quantization.optimize.pass.WorkingGraph;
import io.distillstream.quantization.optimize.redundancy.CommonSubexpressions;
import io.distillstream.quantization.optimize.redundancy.ConstantFolding;
import io.distillstream.quantization.optimize.redundancy.DeadNodes;
import io.distillstream.quantization.optimize.redundancy.KnownConditions;
import io.distillstream.quantization.optimize.redundancy.NoOpRemoval;
import io.distillstream.quantization.optimize.redundancy.SharedConstants;
import io.distillstream.quantization.optimize.shape.RelativeReshape;
import io.distillstream.quantization.optimize.shape.StaticShapes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Simplifies a graph before it is quantized, until no pass finds anything more. The result computes
 * the same to the rounding of floats, has the same inputs and outputs under the same names, and
 * uses operators of ONNX only where the original did. Bodies of control flow are left as they are.
 *
 * <p>Where a pattern is an operator of a newer operator set, the model is raised to that set if
 * every node means the same there, and so to operator set 13, whose integers can have scales by
 * channel. Thread-safe.
 */
public final class GraphOptimizer {
  /** Each round but the last removes something, so this ends only what would never end. */
  private static final int MAX_ROUNDS = 100;

  /** The first operator set with all that a quantizer writes: scales by channel came with it. */
  private static final long FOR_INTEGERS = 13;

  /** The first operator set whose MaxPool takes 8-bit integers. */
  private static final long FOR_POOLING = 12;

  private final OptimizerSettings settings;
  private final List<Fusion> fusions = List.of(new LayerNormalizationFusion(), new GeluFusion());
  private final List<GraphPass> passes;

  public GraphOptimizer(OptimizerSettings settings) {
    this.settings = settings;
    passes = new ArrayList<>();
    passes.add(new DeadNodes());
    passes.add(new StaticShapes());
    passes.add(new ConstantFolding(settings.maxGrowthBytes()));
    passes.add(new KnownConditions());
    passes.add(new NoOpRemoval());
    passes.add(new SharedConstants());
    passes.add(new CommonSubexpressions());
    passes.add(new RelativeReshape());
    passes.add(new HardSwishFusion());
    passes.add(new GemmFusion());
    passes.add(new AffineFolding(AffineFolding.Kind.BATCH_NORMALIZATION));
    passes.add(new AffineFolding(AffineFolding.Kind.ARITHMETIC));
    passes.add(new RectifierBeforePooling());
    passes.addAll(fusions);
  }

  /**
   * The simplified model.
   *
   * @throws InvalidModelException if ONNX Runtime refuses the model
   */
  public Optimization optimize(OnnxModel model) {
    WorkingGraph graph = new WorkingGraph(OpsetUpgrade.toSupported(model));
    Map<String, Integer> counts = new LinkedHashMap<>();
    passes.forEach(pass -> counts.put(pass.name(), 0));
    toFixpoint(graph, counts);
    List<String> notes = new ArrayList<>();
    for (Fusion fusion : fusions) {
      raiseFor(fusion, graph).ifPresent(notes::add);
    }
    raiseForIntegers(graph).ifPresent(notes::add);
    toFixpoint(graph, counts);
    if (graph.opset() != model.opset()) {
      notes.add("Raised from operator set %d to %d".formatted(model.opset(), graph.opset()));
    }
    List<AppliedPass> applied = new ArrayList<>();
    counts.forEach(
        (name, count) -> {
          if (count > 0) {
            applied.add(new AppliedPass(name, count));
          }
        });
    return new Optimization(
        graph.toModel(), applied, model.nodes().size(), graph.nodeCount(), notes);
  }

  /** Raises the operator set if that lets a pattern become one node; answers why not. */
  private Optional<String> raiseFor(Fusion fusion, WorkingGraph graph) {
    int found = graph.opset() < fusion.minOpset() ? fusion.count(graph) : 0;
    if (found == 0) {
      return Optional.empty();
    }
    return raise(graph, fusion.minOpset())
        .map(
            reason ->
                "Found %s %d times and left it in its parts: one node for it needs operator set %d, but %s"
                    .formatted(fusion.name(), found, fusion.minOpset(), reason));
  }

  /** Raises the operator set to the first that has all a quantizer writes; answers why not. */
  private Optional<String> raiseForIntegers(WorkingGraph graph) {
    if (graph.opset() >= FOR_INTEGERS) {
      return Optional.empty();
    }
    return raise(graph, FOR_INTEGERS)
        .map(
            reason ->
                "Left at operator set %d, in which static 8-bit weights have one scale for all channels%s: %s"
                    .formatted(
                        graph.opset(),
                        graph.opset() < FOR_POOLING ? " and MaxPool takes no integers" : "",
                        reason));
  }

  /** Raises the operator set where that is allowed and possible; answers why not. */
  private Optional<String> raise(WorkingGraph graph, long opset) {
    return opset > settings.maxOpset()
        ? Optional.of("%d is the newest allowed".formatted(settings.maxOpset()))
        : OpsetUpgrade.raise(graph, opset);
  }

  private void toFixpoint(WorkingGraph graph, Map<String, Integer> counts) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      graph.types(ValueTypes.of(graph.toModel()));
      int found = 0;
      for (GraphPass pass : passes) {
        int count = pass.apply(graph);
        counts.merge(pass.name(), count, Integer::sum);
        found += count;
      }
      if (found == 0) {
        return;
      }
    }
    throw new IllegalStateException("The passes undo each other: " + counts);
  }
}
