package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.export.StudentExport;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningSchedule;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.TransformerSpec;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the quantizer makes of a student that was pruned on the rows of its word table. */
class SharedRowsQuantizedTest {
  private static final int WORDS = 2_000;
  private static final int CLASSES = 3;
  private static final int MAX_TOKENS = 16;
  private static final int WIDTH = 64;
  private static final int BATCH = 16;

  /** 60 % of the rows go after four steps. */
  private static final PruningPlan ROWS =
      new PruningPlan(
          PruningPlan.Mode.STRUCTURED,
          PruningPlan.Units.ROWS,
          Criterion.TAYLOR,
          PruningPlan.Scope.ALL,
          PruningPlan.Scaling.NONE,
          new PruningSchedule(PruningSchedule.Shape.EQUAL, 4 * BATCH, BATCH, 0.6, 0.6));

  static Stream<StudentSpec> students() {
    return Stream.of(
        TransformerSpec.uniform(WORDS, WIDTH, 1, 2, 64, CLASSES, MAX_TOKENS, false),
        new NgramSpec(WORDS, WIDTH, 3_000, CLASSES, MAX_TOKENS));
  }

  @ParameterizedTest
  @MethodSource("students")
  void shouldTakeTheSmallerTableIn8BitsAndLeaveTheRowsOfWordsAlone(StudentSpec spec)
      throws Exception {
    try (DjlStudentEngine engine =
        DjlStudentEngine.from(StudentState.fresh(RandomStart.weights(spec, 1), 1))) {
      OnnxModel whole = quantized(engine);
      for (int step = 0; step < 8; step++) {
        engine.prune(ROWS);
        engine.learn(batch(step), new StepSettings(2, 0.7, 1e-3, 0.01, 1, 8));
      }
      OnnxModel pruned = quantized(engine);

      int entries = spec.tableRows().entries();
      int rows = entries * 4 / 10;
      Tensor table = pruned.initializer(StudentSpec.EMBEDDING + "/int8").orElseThrow();
      assertThat(table.type()).isEqualTo(ElementType.INT8);
      assertThat(table.dims()).containsExactly((long) rows, (long) WIDTH);
      assertThat(pruned.initializer(StudentSpec.EMBEDDING)).isEmpty();
      Tensor map = pruned.initializer(StudentSpec.EMBEDDING_ROWS).orElseThrow();
      assertThat(map.type()).isEqualTo(ElementType.INT32);
      assertThat(map.elements()).isEqualTo(entries);
      // A byte per weight goes, four per entry of the map come.
      long saved = (long) (entries - rows) * WIDTH - 4L * entries;
      assertThat((long) whole.sizeBytes() - pruned.sizeBytes()).isCloseTo(saved, within(300L));
      assertAnswersAlike(engine, pruned);
    }
  }

  /** Texts one by one, as activations are quantized over all that stand together. */
  private static void assertAnswersAlike(DjlStudentEngine engine, OnnxModel pruned)
      throws Exception {
    for (int[] text : texts(99)) {
      float[] expected = engine.quantizedLogits(new TokenInputs(new int[][] {text}))[0];
      assertThat(run(pruned, text)).containsExactly(expected, within(5e-3f));
    }
  }

  private static OnnxModel quantized(DjlStudentEngine engine) {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    while (pieces.size() < WORDS) {
      pieces.add("piece" + pieces.size());
    }
    OnnxModel exported =
        StudentExport.export(
            engine.snapshot().weights(),
            new ModelMetadata(
                new LabelSpace(List.of("a", "b", "c")),
                MAX_TOKENS,
                new WordPieceTokenizer(pieces),
                Map.of()));
    return GraphQuantizer.uniform(exported, Precision.INT8_DYNAMIC);
  }

  private static int[][] texts(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] texts = new int[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      texts[i] = random.ints(2 + random.nextInt(MAX_TOKENS - 1), 0, WORDS).toArray();
    }
    return texts;
  }

  private static TrainingBatch batch(long seed) {
    int[][] texts = texts(seed);
    float[][] logits = new float[BATCH][CLASSES];
    int[] truth = new int[BATCH];
    for (int i = 0; i < BATCH; i++) {
      logits[i][texts[i][0] % CLASSES] = 4;
    }
    Arrays.fill(truth, TrainingBatch.UNKNOWN);
    return new TrainingBatch(new TokenInputs(texts), logits, truth);
  }

  private static float[] run(OnnxModel model, int[] text) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    long[] shape = {1, text.length};
    long[] ids = Arrays.stream(text).asLongStream().toArray();
    long[] mask = new long[text.length];
    Arrays.fill(mask, 1);
    try (OrtSession session = environment.createSession(model.bytes());
        OnnxTensor tokens = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
        OnnxTensor ones = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
        OrtSession.Result result =
            session.run(Map.of("input_ids", tokens, "attention_mask", ones))) {
      return ((float[][]) result.get(0).getValue())[0];
    }
  }
}
