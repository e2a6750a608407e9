package io.distillstream.device;

import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.Tensor;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.ExpectedLogits;
import io.distillstream.update.UpdateManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Real, small classifiers: each word piece has one logit per class, a text the mean of its pieces',
 * and a bias makes class {@code version % 3} win whatever the text. So an answer tells which
 * version gave it.
 */
public final class TestModels {

  public static final LabelSpace LABELS = new LabelSpace(List.of("animal", "food", "tool"));
  public static final WordPieceTokenizer TOKENIZER =
      new WordPieceTokenizer(
          List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "dog", "bread", "hammer"));
  public static final ModelMetadata METADATA = new ModelMetadata(LABELS, 16, TOKENIZER, Map.of());

  private static final int CLASSES = LABELS.size();
  private static final float BIAS = 10;
  private static final int PIECES = TOKENIZER.vocabulary().size();

  private TestModels() {}

  public static byte[] model(long version) {
    return model(version, METADATA.toMap(), CLASSES);
  }

  public static byte[] model(long version, Map<String, String> metadata, int classes) {
    float[] table = new float[PIECES * classes];
    for (int i = 0; i < table.length; i++) {
      table[i] = weight(i);
    }
    float[] bias = new float[classes];
    bias[winner(version) % classes] = BIAS;
    GraphBuilder graph =
        GraphBuilder.named("pieces")
            .input("input_ids", ElementType.INT64, Dimension.of("batch"), Dimension.of("tokens"))
            .input(
                "attention_mask", ElementType.INT64, Dimension.of("batch"), Dimension.of("tokens"))
            .output("logits", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(classes))
            .initializer(Tensor.float32("table", table, PIECES, classes))
            .initializer(Tensor.float32("bias", bias, classes))
            .initializer(Tensor.int64("axis_tokens", new long[] {1}, 1))
            .initializer(Tensor.int64("axis_classes", new long[] {2}, 1));
    graph.node("Gather", List.of("table", "input_ids"), "pieces");
    graph.node("Cast", List.of("attention_mask"), "mask", Attribute.castTo(ElementType.FLOAT32));
    graph.node("Unsqueeze", List.of("mask", "axis_classes"), "mask3");
    graph.node("Mul", List.of("pieces", "mask3"), "kept");
    graph.node(
        "ReduceSum", List.of("kept", "axis_tokens"), "sum", Attribute.integer("keepdims", 0));
    graph.node(
        "ReduceSum", List.of("mask3", "axis_tokens"), "length", Attribute.integer("keepdims", 0));
    graph.node("Div", List.of("sum", "length"), "mean");
    graph.node("Add", List.of("mean", "bias"), "logits");
    return graph.build(metadata).bytes();
  }

  /** What {@link #model} answers to a text. */
  public static float[] logits(long version, String text) {
    int[] pieces = TOKENIZER.encode(text, METADATA.maxTokens());
    float[] logits = new float[CLASSES];
    for (int c = 0; c < CLASSES; c++) {
      for (int piece : pieces) {
        logits[c] += weight(piece * CLASSES + c) / pieces.length;
      }
    }
    logits[winner(version)] += BIAS;
    return logits;
  }

  private static float weight(int entry) {
    return (entry * 37 % 101) / 101f;
  }

  public static int winner(long version) {
    return (int) (version % CLASSES);
  }

  public static String label(long version) {
    return LABELS.label(winner(version));
  }

  /**
   * A manifest for these bytes; {@code version} records were received at second {@code version}.
   */
  public static UpdateManifest manifest(long version, byte[] model, ExpectedLogits... probes) {
    return manifest(version, model, version * 1000, probes);
  }

  /**
   * A manifest for these bytes; {@code version} records were received then.
   *
   * @param received epoch milliseconds
   */
  public static UpdateManifest manifest(
      long version, byte[] model, long received, ExpectedLogits... probes) {
    return manifest("stable", version, model, received, probes);
  }

  /** The same on another channel. */
  static UpdateManifest manifest(
      String channel, long version, byte[] model, long received, ExpectedLogits... probes) {
    return new UpdateManifest(
        "glosses",
        channel,
        version,
        LABELS.fingerprint(),
        "onnx",
        new ArtifactRef("glosses-" + version, model.length, Sha256.hex(model)),
        List.of(),
        List.of(probes),
        version * 100,
        new ArrivalCounts(new TreeMap<>(Map.of(received, version))));
  }

  public static ExpectedLogits probe(String text, float... logits) {
    List<Float> values = new ArrayList<>();
    for (float logit : logits) {
      values.add(logit);
    }
    return new ExpectedLogits(text, values);
  }
}
