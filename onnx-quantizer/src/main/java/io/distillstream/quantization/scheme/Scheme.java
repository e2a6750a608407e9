package io.distillstream.quantization.scheme;

import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.Site;
import io.distillstream.quantization.rewrite.RewrittenGraph;
import io.distillstream.quantization.weights.ScaleRange;
import io.distillstream.quantization.weights.WeightError;
import java.util.Optional;

/** One way to hold the constants of some layers in fewer bits, and to compute with them. */
public interface Scheme {

  /** Whether it can do so for this node. */
  boolean fits(Site site);

  /** What the layer's constants then take in the file, their scales included. */
  long bytes(Layer layer);

  /** How far they are from what came. */
  WeightError error(Layer layer);

  /** Its scales, where it has any. */
  default Optional<ScaleRange> scales(Layer layer) {
    return Optional.empty();
  }

  /**
   * What is left of the weights: {@code [rows, columns]} of a product or a table, {@code [columns,
   * rows]} of a convolution.
   */
  float[] restored(Layer layer);

  /** Writes the nodes that stand for this one; its results keep their names. */
  void write(Site site, RewrittenGraph out);
}
