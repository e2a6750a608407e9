package io.distillstream.quantization.search;

import io.distillstream.quantization.scheme.GraphQuantizer;
import io.distillstream.quantization.scheme.Layer;
import io.distillstream.quantization.scheme.Precision;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Layers of one name use the same constant in several ways and share a precision. */
final class LayerGroups {
  private LayerGroups() {}

  static Map<String, List<Layer>> byName(List<Layer> layers) {
    Map<String, List<Layer>> groups = new LinkedHashMap<>();
    layers.forEach(
        layer -> groups.computeIfAbsent(layer.name(), name -> new ArrayList<>()).add(layer));
    return groups;
  }

  /** What all of them can be held in. */
  static Set<Precision> possible(GraphQuantizer graph, List<Layer> layers) {
    Set<Precision> possible = EnumSet.allOf(Precision.class);
    layers.forEach(layer -> possible.retainAll(graph.precisions(layer)));
    return possible;
  }
}
