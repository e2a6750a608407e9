package io.distillstream.quantization.data;

import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.List;
import java.util.Map;

/** Small models that take what the tests feed. */
public final class Models {
  public static final List<String> VOCABULARY =
      List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "day");

  private Models() {}

  /** One input {@code x}, handed through. */
  public static OnnxModel of(ElementType type, Dimension... shape) {
    GraphBuilder graph = GraphBuilder.named("one").input("x", type, shape).output("y", type, shape);
    graph.node("Identity", List.of("x"), "y");
    return graph.build(Map.of());
  }

  /** Two inputs, {@code x} [batch, 2] of numbers and {@code i} [batch, 1] of indices. */
  public static OnnxModel ofTwoInputs() {
    GraphBuilder graph =
        GraphBuilder.named("two")
            .input("x", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2))
            .input("i", ElementType.INT32, Dimension.of("batch"), Dimension.of(1))
            .output("y", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2));
    graph.node("Identity", List.of("x"), "y");
    return graph.build(Map.of());
  }

  /**
   * Looks tokens up in a table with a row for each piece of the vocabulary, after a Cast.
   *
   * @param metadata whether it says which tokenizer and labels it has
   */
  public static OnnxModel ofTokens(Dimension length, boolean metadata) {
    GraphBuilder graph =
        GraphBuilder.named("tokens")
            .input("input_ids", ElementType.INT64, Dimension.of("batch"), length)
            .input("attention_mask", ElementType.INT64, Dimension.of("batch"), length)
            .output("y", ElementType.FLOAT32, Dimension.of("batch"), length, Dimension.of(1))
            .initializer(
                Tensor.float32("table", new float[VOCABULARY.size()], VOCABULARY.size(), 1));
    graph.node("Cast", List.of("input_ids"), "ids", Attribute.castTo(ElementType.INT32));
    graph.node("Gather", List.of("table", "ids"), "y");
    ModelMetadata described =
        new ModelMetadata(
            new LabelSpace(List.of("sport", "politics", "weather")),
            4,
            new WordPieceTokenizer(VOCABULARY),
            Map.of());
    return graph.build(metadata ? described.toMap() : Map.of());
  }
}
