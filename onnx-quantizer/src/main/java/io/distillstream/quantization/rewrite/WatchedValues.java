package io.distillstream.quantization.rewrite;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.quantization.layer.Consumers;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.plan.Precision;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The values whose ranges {@link Precision#INT8_STATIC} asks for: what layers take, what
 * convolutions give, and what {@link StaticValues} computes of that on grids.
 */
public final class WatchedValues {
  private final Consumers consumers;
  private final Set<String> watched = new LinkedHashSet<>();
  private final Set<String> onGrids = new HashSet<>();

  private WatchedValues(Consumers consumers) {
    this.consumers = consumers;
  }

  /** Their names, in the order of the graph. */
  public static Set<String> of(QuantizableLayers layers) {
    WatchedValues values = new WatchedValues(new Consumers(layers.model()));
    for (NodeProto node : layers.model().nodes()) {
      layers.site(node).ifPresentOrElse(values::look, () -> values.look(node));
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
