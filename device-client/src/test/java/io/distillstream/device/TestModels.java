package io.distillstream.device;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.GateResult;
import io.distillstream.avro.Input;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.Tensor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Real, small classifiers: each word piece has one logit per class, a text the mean of its pieces',
 * and a bias makes class {@code version % 3} win whatever the text. So an answer tells which
 * version gave it.
 */
final class TestModels {

  static final LabelSpace LABELS = new LabelSpace(List.of("animal", "food", "tool"));
  static final WordPieceTokenizer TOKENIZER =
      new WordPieceTokenizer(
          List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "dog", "bread", "hammer"));
  static final ModelMetadata METADATA = new ModelMetadata(LABELS, 16, TOKENIZER, Map.of());

  private static final int CLASSES = LABELS.size();
  private static final int PIECES = TOKENIZER.vocabulary().size();

  private TestModels() {}

  static byte[] model(long version) {
    return model(version, METADATA.toMap(), CLASSES);
  }

  static byte[] model(long version, Map<String, String> metadata, int classes) {
    float[] table = new float[PIECES * classes];
    for (int i = 0; i < table.length; i++) {
      table[i] = (i * 37 % 101) / 101f;
    }
    float[] bias = new float[classes];
    bias[winner(version) % classes] = 10;
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

  static int winner(long version) {
    return (int) (version % CLASSES);
  }

  static String label(long version) {
    return LABELS.label(winner(version));
  }

  /** A manifest for these bytes; one record was received at second {@code version}. */
  static ModelUpdate manifest(long version, byte[] model, Probe... probes) {
    return ModelUpdate.newBuilder()
        .setModel("glosses")
        .setChannel("stable")
        .setVersion(version)
        .setLabelSpace(LABELS.fingerprint())
        .setArtifact(
            new BlobRef("glosses-" + version, (long) model.length, Sha256.hex(model), 1, 0, 0L))
        .setFormat("onnx")
        .setPrecision("fp32")
        .setFp32Bytes(model.length)
        .setQuality(new GateResult(100, 1.0, 0.0, 1.0))
        .setProbe(new ArrayList<>(List.of(probes)))
        .setTraining(
            TrainingProgress.newBuilder()
                .setPrequentialAgreement(0.7)
                .setPrequentialKl(0.5)
                .setLoss(1.2)
                .setTemperature(2.0)
                .setAlpha(0.9)
                .setLearningRate(1e-3)
                .build())
        .setRecordsTrained(version * 100)
        .setEventTimes(new EventTimes(100, List.of(version * 1000), List.of(version)))
        .setCheckpointCreatedAt(Instant.ofEpochSecond(version))
        .setPublishedAt(Instant.ofEpochSecond(version))
        .build();
  }

  static Probe probe(String text, float... logits) {
    List<Float> values = new ArrayList<>();
    for (float logit : logits) {
      values.add(logit);
    }
    return new Probe(new Input(text), values);
  }
}
