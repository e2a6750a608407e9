package io.distillstream.quantization.optimize.opset;

import static io.distillstream.quantization.optimize.opset.OpsetRewrites.decimalsToInputs;
import static io.distillstream.quantization.optimize.opset.OpsetRewrites.integersToInputs;
import static io.distillstream.quantization.optimize.opset.OpsetRewrites.never;
import static io.distillstream.quantization.optimize.opset.OpsetRewrites.renamed;
import static io.distillstream.quantization.optimize.opset.OpsetRewrites.unlessTextIs;
import static io.distillstream.quantization.optimize.opset.OpsetRewrites.withTextIfAbsent;
import static io.distillstream.quantization.optimize.opset.OpsetRewrites.without;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.quantization.optimize.pass.Nodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The steps between operator sets 7 and 20 at which nodes must be written differently to mean the
 * same. Found by comparing inputs, outputs, attributes and defaults of all versions of all
 * operators in the schemas of the Python package onnx 1.23; changes of meaning that no schema shows
 * are here as far as they are known. All others only add types, optional inputs or attributes whose
 * default is the old behaviour.
 */
final class OpsetSteps {
  private static final List<Step> STEPS = steps();

  /**
   * One change of one operator.
   *
   * @param version the first with the new form
   * @param op the operator
   * @param rewrite from the form before
   */
  record Step(long version, String op, OpsetRewrite rewrite) {}

  private OpsetSteps() {}

  /** The steps that a node takes between two versions, in order. */
  static List<Step> of(NodeProto node, long from, long to) {
    List<Step> found = new ArrayList<>();
    if (Nodes.isDefaultDomain(node)) {
      String op = node.getOpType();
      for (Step step : STEPS) {
        if (step.op.equals(op) && step.version > from && step.version <= to) {
          found.add(step);
          op = step.version == 10 && op.equals("Upsample") ? "Resize" : op;
        }
      }
    }
    return found;
  }

  /** By version, so that a node that becomes another operator takes that one's later steps. */
  private static List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    steps.add(
        new Step(
            9,
            "BatchNormalization",
            (graph, node) ->
                Attribute.integerOf(node, "spatial", 1) == 1
                    ? without("spatial").apply(graph, node)
                    : Optional.empty()));
    steps.add(new Step(9, "Scan", never()));
    steps.add(new Step(9, "Upsample", decimalsToInputs("scales")));
    steps.add(new Step(10, "Upsample", renamed("Resize")));
    steps.add(new Step(10, "Slice", integersToInputs("starts", "ends", "axes")));
    steps.add(new Step(10, "TopK", integersToInputs("k")));
    // The mask becomes BOOL.
    steps.add(new Step(10, "Dropout", OpsetRewrites::ifOnlyFirstOutputIsUsed));
    steps.add(new Step(11, "Clip", OpsetRewrites::clipBounds));
    steps.add(new Step(11, "ConvTranspose", unlessTextIs("auto_pad", "SAME_UPPER", "SAME_LOWER")));
    steps.add(new Step(11, "Pad", OpsetRewrites::padInputs));
    steps.add(new Step(11, "Resize", OpsetRewrites::resizeByOrigin));
    steps.add(new Step(11, "Scatter", renamed("ScatterElements")));
    steps.add(new Step(12, "Dropout", without("ratio", "seed")));
    steps.add(
        new Step(
            13, "Resize", unlessTextIs("coordinate_transformation_mode", "tf_half_pixel_for_nn")));
    for (String op : List.of("Softmax", "LogSoftmax", "Hardmax")) {
      steps.add(new Step(13, op, OpsetRewrites::overLastAxis));
    }
    for (String op : List.of("Squeeze", "Unsqueeze", "ReduceSum")) {
      steps.add(new Step(13, op, integersToInputs("axes")));
    }
    steps.add(new Step(13, "Split", integersToInputs("split")));
    steps.add(new Step(14, "BatchNormalization", OpsetRewrites::ifOnlyFirstOutputIsUsed));
    steps.add(
        new Step(
            16,
            "RoiAlign",
            withTextIfAbsent("coordinate_transformation_mode", "output_half_pixel")));
    steps.add(new Step(18, "Split", OpsetRewrites::numberOfOutputs));
    for (String op :
        List.of(
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSumSquare")) {
      steps.add(new Step(18, op, integersToInputs("axes")));
    }
    steps.add(new Step(20, "DFT", never()));
    steps.add(new Step(20, "GridSample", OpsetRewrites::gridMode));
    return List.copyOf(steps);
  }
}
