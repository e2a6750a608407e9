package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.export.StudentExport;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.TransformerSpec;
import java.io.InputStream;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the trainer takes for an 8-bit student, beside what the quantizer makes of it. */
class QuantizationAwareTest {
  private static final int CLASSES = 24;
  private static final int BATCH = 16;

  private static final int TEXTS = 60;

  /** The two add up floats in different orders, no more. */
  private static final double FINE = 1e-5;

  @Test
  void shouldTrainOnTheVeryStudentThatTheQuantizerMakes() throws Exception {
    WordPieceTokenizer tokenizer = tokenizer();
    int[][] texts = texts(tokenizer);
    TransformerSpec spec = TransformerSpec.standard(tokenizer.vocabulary().size(), CLASSES);
    try (DjlStudentEngine engine =
        DjlStudentEngine.from(StudentState.fresh(RandomStart.weights(spec, 1), 1))) {
      StepSettings quantized = new StepSettings(2, 0.7, 1e-3, 1, 0.01, 1, 8, true, 0);
      for (int from = 0; from + BATCH <= texts.length; from += BATCH) {
        engine.learn(batch(Arrays.copyOfRange(texts, from, from + BATCH)), quantized);
      }
      OnnxModel exported =
          StudentExport.export(engine.snapshot().weights(), metadata(spec, tokenizer));
      OnnxModel int8 = GraphQuantizer.uniform(exported, Precision.INT8_DYNAMIC);

      int alike = 0;
      for (int[] text : Arrays.copyOf(texts, TEXTS)) {
        float[] device = run(int8, text);
        TokenInputs alone = new TokenInputs(new int[][] {text});
        double off = distance(engine.quantizedLogits(alone)[0], device);
        alike += off < FINE ? 1 : 0;
        assertThat(off).isLessThan(distance(engine.logits(alone)[0], device) / 2);
      }
      // The others have an activation near the middle between two levels, on either side of which
      // it may come to lie; how many do depends on the processor.
      assertThat(alike).isGreaterThan(TEXTS * 2 / 3);
    }
  }

  private static double distance(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElse(0);
  }

  private static TrainingBatch batch(int[][] texts) {
    float[][] logits = new float[texts.length][CLASSES];
    for (int i = 0; i < texts.length; i++) {
      logits[i][texts[i][0] % CLASSES] = 4;
    }
    int[] truth = new int[texts.length];
    Arrays.fill(truth, TrainingBatch.UNKNOWN);
    return new TrainingBatch(new TokenInputs(texts), logits, truth);
  }

  private static float[] run(OnnxModel model, int[] text) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = {1, text.length};
    long[] ones = new long[text.length];
    Arrays.fill(ones, 1);
    try (OrtSession session = environment.createSession(model.bytes());
        OnnxTensor ids =
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(Arrays.stream(text).asLongStream().toArray()), shape);
        OnnxTensor mask = OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), shape);
        OrtSession.Result result = session.run(Map.of("input_ids", ids, "attention_mask", mask))) {
      return ((float[][]) result.get(0).getValue())[0];
    }
  }

  private static int[][] texts(WordPieceTokenizer tokenizer) {
    return WordNetGlosses.load().heldOut().stream()
        .limit(160)
        .map(Gloss::text)
        .map(text -> tokenizer.encode(text, 64))
        .toArray(int[][]::new);
  }

  private static ModelMetadata metadata(TransformerSpec spec, WordPieceTokenizer tokenizer) {
    List<String> labels = IntStream.range(0, CLASSES).mapToObj(i -> "label " + i).toList();
    return new ModelMetadata(new LabelSpace(labels), spec.maxTokens(), tokenizer, Map.of());
  }

  private static WordPieceTokenizer tokenizer() throws Exception {
    try (InputStream json =
        Objects.requireNonNull(
            QuantizationAwareTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json"))) {
      return WordPieceTokenizer.fromTokenizerJson(json);
    }
  }
}
