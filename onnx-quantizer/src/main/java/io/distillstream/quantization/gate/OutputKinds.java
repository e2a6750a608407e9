package io.distillstream.quantization.gate;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.QuantizableLayers;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Tells what the outputs of a model mean, by the operators that give them, their names and their
 * shapes: ONNX has no place to say it.
 */
public final class OutputKinds {
  /** Their results hold the same numbers in the same rows. */
  private static final Set<String> SAME_ROWS = Set.of("Identity", "Cast", "Squeeze", "Unsqueeze");

  private static final Set<String> INDICES = Set.of("ArgMax", "ArgMin", "NonZero", "Shape");

  /** What gives hidden states, pooled or normalized vectors. */
  private static final Set<String> VECTORS =
      Set.of(
          "Div",
          "LayerNormalization",
          "LpNormalization",
          "Tanh",
          "LSTM",
          "GRU",
          "RNN",
          "ReduceMean",
          "GlobalAveragePool");

  private static final List<String> SCORE_NAMES = List.of("logit", "prob", "score");

  /** A product that widens its input so much looks up words of a vocabulary. */
  private static final int VOCABULARY = 4;

  private final QuantizableLayers layers;
  private final Map<String, NodeProto> producers = new HashMap<>();

  private OutputKinds(OnnxModel model) {
    layers = QuantizableLayers.of(model, OptionalLong.of(0));
    for (NodeProto node : model.nodes()) {
      node.getOutputList().forEach(output -> producers.put(output, node));
    }
  }

  /**
   * The kind of each output.
   *
   * @param answers of the model to one sample, by output
   */
  public static Map<String, OutputKind> of(OnnxModel model, Map<String, TensorValue> answers) {
    OutputKinds kinds = new OutputKinds(model);
    Map<String, OutputKind> found = new LinkedHashMap<>();
    answers.forEach((output, answer) -> found.put(output, kinds.kind(output, answer)));
    return found;
  }

  private OutputKind kind(String output, TensorValue answer) {
    Optional<NodeProto> source = source(output);
    String op = source.map(NodeProto::getOpType).orElse("");
    if (!answer.isFloat() || INDICES.contains(op)) {
      return OutputKind.INDICES;
    }
    if (answer.rank() == 0 || answer.lastLength() == 1) {
      return OutputKind.VALUES;
    }
    if (isNamedScores(output)
        || source
            .filter(node -> isSoftmax(node, answer.rank()) || isVocabulary(node))
            .isPresent()) {
      return OutputKind.SCORES;
    }
    if (answer.rank() <= 2) {
      return VECTORS.contains(op) ? OutputKind.VECTORS : OutputKind.SCORES;
    }
    return answer.rank() == 3 ? OutputKind.VECTORS : OutputKind.VALUES;
  }

  /** The node that computes the rows of an output; empty if that is one of the model's inputs. */
  private Optional<NodeProto> source(String output) {
    NodeProto node = producers.get(output);
    while (node != null
        && (SAME_ROWS.contains(node.getOpType()) || addsConstant(node))
        && producers.containsKey(varying(node))) {
      node = producers.get(varying(node));
    }
    return Optional.ofNullable(node);
  }

  /** A bias moves no rows. */
  private boolean addsConstant(NodeProto node) {
    return node.getOpType().equals("Add")
        && (isConstant(node.getInput(0)) || isConstant(node.getInput(1)));
  }

  private boolean isConstant(String value) {
    return layers.constants().tensor(value).isPresent();
  }

  private String varying(NodeProto node) {
    return node.getInputCount() > 1 && isConstant(node.getInput(0))
        ? node.getInput(1)
        : node.getInput(0);
  }

  private static boolean isNamedScores(String output) {
    String name = output.toLowerCase(Locale.ROOT);
    return SCORE_NAMES.stream().anyMatch(name::contains);
  }

  /** Over the last axis; before operator set 13 the axis was the second where none was said. */
  private boolean isSoftmax(NodeProto node, int rank) {
    if (!node.getOpType().equals("Softmax") && !node.getOpType().equals("LogSoftmax")) {
      return false;
    }
    long axis = Attribute.integerOf(node, "axis", layers.model().opset() < 13 ? 1 : -1);
    return axis == -1 || axis == rank - 1;
  }

  private boolean isVocabulary(NodeProto node) {
    return layers
        .site(node)
        .map(site -> site.layer())
        .filter(layer -> layer.use().isProduct())
        .filter(OutputKinds::widens)
        .isPresent();
  }

  private static boolean widens(Layer layer) {
    return layer.columns() >= (long) VOCABULARY * layer.rows();
  }
}
