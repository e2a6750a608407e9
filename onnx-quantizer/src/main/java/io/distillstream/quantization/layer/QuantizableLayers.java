package io.distillstream.quantization.layer;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.model.quantization.ColumnQuantization;
import io.distillstream.onnx.OnnxModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The layers of one graph: its constant weights that can be held in fewer bits, and the nodes that
 * use them. Bodies of control flow are not entered. Knows nothing of precisions and changes
 * nothing. Not thread-safe.
 */
public final class QuantizableLayers {
  private final OnnxModel model;
  private final OptionalLong minSavedBytes;
  private final Constants constants;

  /** By the first result of the node, in the order of the graph. */
  private final Map<String, Site> sites = new LinkedHashMap<>();

  private final Map<Layer, List<Site>> byLayer = new LinkedHashMap<>();

  private QuantizableLayers(OnnxModel model, OptionalLong minSavedBytes) {
    this.model = model;
    this.minSavedBytes = minSavedBytes;
    this.constants = new Constants(model);
    SiteFinder finder = new SiteFinder(constants);
    List<Site> found = model.nodes().stream().flatMap(node -> finder.of(node).stream()).toList();
    Map<String, Long> saved = savedBytes(found);
    long worthIt =
        minSavedBytes.orElseGet(
            () ->
                ColumnQuantization.minSavedBytes(
                    saved.values().stream().mapToLong(Long::longValue)));
    for (Site site : found) {
      if (saved.getOrDefault(site.layer().name(), 0L) >= worthIt) {
        sites.put(site.output(), site);
        byLayer.computeIfAbsent(site.layer(), layer -> new ArrayList<>()).add(site);
      }
    }
  }

  /**
   * Finds them.
   *
   * @param minSavedBytes what 8 bits must save of a constant to be worth its precision; empty:
   *     {@linkplain ColumnQuantization#minSavedBytes what is little in the model} is left out
   */
  public static QuantizableLayers of(OnnxModel model, OptionalLong minSavedBytes) {
    return new QuantizableLayers(model, minSavedBytes);
  }

  /** Finds them, but for constants that are little in the model. */
  public static QuantizableLayers of(OnnxModel model) {
    return of(model, OptionalLong.empty());
  }

  /** Those of another model, chosen alike. */
  public QuantizableLayers in(OnnxModel other) {
    return new QuantizableLayers(other, minSavedBytes);
  }

  /**
   * What 8 bits save of each constant, the most of its uses: a table that is used transposed as
   * well has other columns there, and must be held or left as one.
   */
  private static Map<String, Long> savedBytes(List<Site> sites) {
    Map<String, Long> byName = new HashMap<>();
    sites.forEach(site -> byName.merge(site.layer().name(), site.layer().savedBytes(), Math::max));
    return byName;
  }

  /** The graph they are of. */
  public OnnxModel model() {
    return model;
  }

  /** All of the graph's constants, those of layers among them. */
  public Constants constants() {
    return constants;
  }

  /** In the order in which the graph uses them. */
  public List<Layer> all() {
    return List.copyOf(byLayer.keySet());
  }

  /** The node as a site, if it uses a layer. */
  public Optional<Site> site(NodeProto node) {
    return Optional.ofNullable(sites.get(node.getOutput(0)));
  }

  /**
   * The nodes that use a layer in this way, in the order of the graph.
   *
   * @throws IllegalArgumentException if it is no layer of this model
   */
  public List<Site> sites(Layer layer) {
    List<Site> found = byLayer.get(layer);
    if (found == null) {
      throw new IllegalArgumentException(
          "%s is no layer of this model; those are %s".formatted(layer, byLayer.keySet()));
    }
    return List.copyOf(found);
  }

  /** The nodes that use a constant in any way. */
  public List<Site> sites(String constant) {
    return sites.values().stream().filter(site -> site.layer().name().equals(constant)).toList();
  }

  /** Names of the activations that the layer's weights are applied to, one for each use. */
  public List<String> activations(Layer layer) {
    return sites(layer).stream().map(Site::activations).distinct().toList();
  }

  /** The matrix of a product or a table as it is used, {@code [rows, columns]}. */
  public float[] matrix(Layer layer) {
    return constants.matrix(layer);
  }

  /** What the layer's weights lie between, as they came. */
  public WeightRange weightRange(Layer layer) {
    sites(layer);
    return WeightRange.of(constants.tensor(layer.name()).orElseThrow().floats());
  }
}
