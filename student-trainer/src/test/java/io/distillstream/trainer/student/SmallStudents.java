package io.distillstream.trainer.student;

import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.memory.ExampleMemory;
import io.distillstream.trainer.memory.MemoryPlan;
import io.distillstream.trainer.memory.MemoryPolicy;
import io.distillstream.trainer.memory.MemoryState;
import io.distillstream.trainer.memory.Remembered;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Small students and batches, functions of their seeds. */
public final class SmallStudents {
  /** 60 words, 16 wide, 2 blocks of 2 heads, 3 classes, up to 12 tokens, with positions. */
  public static final TransformerSpec SMALL =
      TransformerSpec.uniform(60, 16, 2, 2, 24, 3, 12, true);

  /** The same with unequal blocks, whose heads are not as wide together as the student. */
  public static final TransformerSpec UNEQUAL =
      new TransformerSpec(
          60, 16, 8, List.of(new BlockShape(1, 7), new BlockShape(3, 24)), 3, 12, true);

  public static final StepSettings STEP = new StepSettings(2, 0.9, 3e-3, 0.01, 1, 8);

  private SmallStudents() {}

  public static StudentState fresh(StudentSpec spec, long seed) {
    return StudentState.fresh(RandomStart.weights(spec, seed), seed);
  }

  public static int[][] tokens(TrainingBatch batch) {
    return batch.inputs().tokens();
  }

  /** A memory that holds the rows of a batch of texts. */
  public static MemoryState memory(TrainingBatch batch) {
    ExampleMemory memory =
        new ExampleMemory(
            new MemoryPlan(MemoryPolicy.STRATIFIED, 1_000, 1_000_000, 1_000), 1, MemoryState.NONE);
    remembered(batch).forEach(memory::offer);
    return memory.state();
  }

  /** The rows of a batch of texts as a memory holds them. */
  public static List<Remembered> remembered(TrainingBatch batch) {
    return IntStream.range(0, batch.rows())
        .mapToObj(
            row ->
                new Remembered(
                    tokens(batch)[row], batch.targets().get(row), new float[0], batch.truth()[row]))
        .toList();
  }

  /** Random texts; the teacher is sure of the class of the first word. */
  public static TrainingBatch batch(StudentSpec spec, int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] tokens = new int[size][];
    float[][] logits = new float[size][spec.classes()];
    int[] truth = new int[size];
    for (int row = 0; row < size; row++) {
      int answer = random.nextInt(spec.classes());
      tokens[row] = random.ints(1 + random.nextInt(spec.maxTokens()), 10, 60).toArray();
      tokens[row][0] = answer;
      for (int c = 0; c < spec.classes(); c++) {
        logits[row][c] = (float) random.nextGaussian() + (c == answer ? 4 : 0);
      }
      truth[row] = row % 2 == 0 ? answer : TrainingBatch.UNKNOWN;
    }
    return new TrainingBatch(new TokenInputs(tokens), logits, truth);
  }

  /** Of a text classifier, over a made-up vocabulary. */
  public static ModelMetadata metadata(int words, int classes, int maxTokens) {
    List<String> vocabulary =
        new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    for (int i = vocabulary.size(); i < words; i++) {
      vocabulary.add("word" + i);
    }
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      labels.add("label" + i);
    }
    return new ModelMetadata(
        new LabelSpace(labels), maxTokens, new WordPieceTokenizer(vocabulary), Map.of());
  }
}
