package io.distillstream.quantization.scheme;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.OnnxModel;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The values whose ranges {@link Precision#INT8_STATIC} asks for: what layers take, what
 * convolutions give, and what {@link StaticValues} computes of that on grids.
 */
final class WatchedValues {
  private final Consumers consumers;
  private final Set<String> watched = new LinkedHashSet<>();
  private final Set<String> onGrids = new HashSet<>();

  private WatchedValues(Consumers consumers) {
    this.consumers = consumers;
  }

  /**
   * Their names, in the order of the graph.
   *
   * @param sites of layers, by their output
   */
  static Set<String> of(OnnxModel model, Map<String, Site> sites) {
    WatchedValues values = new WatchedValues(new Consumers(model));
    for (NodeProto node : model.nodes()) {
      Site site = sites.get(node.getOutput(0));
      if (site == null) {
        values.look(node);
      } else {
        values.look(site);
      }
    }
    return values.watched;
  }

  private void look(Site site) {
    switch (site.layer().use()) {
      case TABLE -> {}
      case CONVOLUTION -> {
        watched.add(site.activations());
        putOnGrid(site.output());
      }
      case PRODUCT, TRANSPOSED_PRODUCT -> {
        watched.add(site.activations());
        if (site.is("Gemm") && !rectified(site.output()).equals(site.output())) {
          putOnGrid(site.output());
        }
      }
      case RECURRENCE -> watched.add(site.activations());
    }
  }

  private void look(NodeProto node) {
    if (!node.getDomain().isEmpty()
        || node.getOutputCount() != 1
        || onGrids.contains(node.getOutput(0))) {
      return;
    }
    if (StaticValues.MOVES.contains(node.getOpType()) && onGrids.contains(node.getInput(0))) {
      onGrids.add(node.getOutput(0));
    } else if (StaticValues.COMPUTES.contains(node.getOpType())
        && onGrids.containsAll(node.getInputList())) {
      putOnGrid(node.getOutput(0));
    }
  }

  private void putOnGrid(String value) {
    String target = rectified(value);
    watched.add(target);
    onGrids.add(target);
  }

  private String rectified(String value) {
    return consumers.rectifier(value).map(relu -> relu.getOutput(0)).orElse(value);
  }
}
