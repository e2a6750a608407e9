package io.distillstream.quantization.search;

import io.distillstream.quantization.layer.Layer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Layers of one name use the same constant in several ways and share a precision. */
final class LayerGroups {
  private LayerGroups() {}

  static Map<String, List<Layer>> byName(List<Layer> layers) {
    Map<String, List<Layer>> groups = new LinkedHashMap<>();
    layers.forEach(
        layer -> groups.computeIfAbsent(layer.name(), name -> new ArrayList<>()).add(layer));
    return groups;
  }
}
