package io.distillstream.trainer.engine.djl;

import static io.distillstream.trainer.student.SmallStudents.STEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.heap.HeapHeads;
import io.distillstream.trainer.engine.heap.HeapStudent;
import io.distillstream.trainer.engine.heap.NetworkWeights;
import io.distillstream.trainer.loss.AbsentTarget;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.EmbeddingMatch;
import io.distillstream.trainer.loss.SoftTarget;
import io.distillstream.trainer.objective.EmbeddingTerm;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.Activations;
import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch that is learned in parts is learned as a whole is. */
class MicroBatchTest {
  private static final int DIMENSION = 5;
  private static final TrainingHeads HEADS =
      TrainingHeads.of(TrainingHeads.distillation(), TrainingHeads.embedding(DIMENSION));
  private static final TrainingObjective EVERYTHING =
      TrainingObjective.STANDARD
          .with(new Consistency(0.5, 0.1, Consistency.Shape.L2, Consistency.Anchor.STUDENT))
          .with(new EmbeddingTerm(EmbeddingMatch.COSINE, 0.5));
  private static final CausalTransformerSpec CAUSAL =
      new CausalTransformerSpec(60, 8, 4, BlockShape.repeated(1, 2, 6), 12);

  static Stream<StudentSpec> students() {
    return Stream.of(
        TransformerSpec.uniform(60, 8, 1, 2, 6, 3, 12, true),
        new NgramSpec(60, 8, 1_000, 3, 12),
        CAUSAL);
  }

  @ParameterizedTest
  @MethodSource("students")
  void shouldTakeTheGradientsOfTheWhole(StudentSpec spec) {
    TrainingBatch batch = mixed(spec);
    StudentState state = SmallStudents.fresh(spec, 4).withHeads(HEADS);
    NetworkWeights weights = new HeapStudent(state).newest(new HeapHeads(state.heads(), spec));
    ForwardPass pass = ForwardPass.of(spec, batch.inputs());
    long bytes = 14 * Activations.bytesPerVector(spec);
    assertThat(MicroBatch.split(spec, pass, batch, bytes)).hasSizeBetween(4, batch.size());
    try (NativePasses whole = new NativePasses(EVERYTHING, Long.MAX_VALUE);
        NativePasses parts = new NativePasses(EVERYTHING, bytes)) {
      StepGradients expected = whole.gradients(spec, pass, weights, batch, STEP);
      StepGradients added = parts.gradients(spec, pass, weights, batch, STEP);

      assertThat(added.loss().minimized()).isCloseTo(expected.loss().minimized(), within(1e-6));
      assertThat(added.loss().parts().terms().keySet())
          .isEqualTo(expected.loss().parts().terms().keySet())
          .hasSize(4);
      expected
          .loss()
          .parts()
          .terms()
          .forEach(
              (name, value) ->
                  assertThat(added.loss().parts().term(name)).isCloseTo(value, within(1e-6)));
      assertThat(added.scores()).hasSameSizeAs(expected.scores());
      assertThat(added.replayed()).hasSameSizeAs(expected.replayed());
      assertThat(expected.replayed().isEmpty()).isEqualTo(spec == CAUSAL);
      assertThat(added.entropyGap()).isCloseTo(expected.entropyGap(), within(1e-6));
      assertThat(added.rows()).containsExactly(expected.rows(), within(1e-6f));
      for (int i = 0; i < expected.dense().length; i++) {
        assertThat(added.dense()[i]).containsExactly(expected.dense()[i], within(1e-6f));
      }
      assertThat(added.heads()).hasSameSizeAs(expected.heads());
      expected
          .heads()
          .forEach(
              (name, gradient) ->
                  assertThat(added.heads().get(name)).containsExactly(gradient, within(1e-6f)));
      assertThat(parts.vectorGradient(spec, pass, weights, batch, STEP))
          .containsExactly(whole.vectorGradient(spec, pass, weights, batch, STEP), within(1e-5f));
    }
  }

  @Test
  void shouldSplitBetweenTextsOnlyAndKeepTheirOrder() {
    TrainingBatch batch = mixed(CAUSAL);
    ForwardPass pass = ForwardPass.of(CAUSAL, batch.inputs());

    List<MicroBatch> parts = MicroBatch.split(CAUSAL, pass, batch, 1);

    assertThat(parts).hasSize(batch.size());
    assertThat(parts.stream().flatMap(part -> part.batch().targets().stream()).toList())
        .isEqualTo(batch.targets());
    assertThat(parts)
        .allSatisfy(part -> assertThat(part.pass().rows()).isEqualTo(part.batch().rows()));
  }

  @Test
  void shouldRefuseToSplitRowsThatBelongToNoText() {
    TrainingBatch batch = SmallStudents.batch(CAUSAL, 3, 1);
    TrainingBatch odd =
        new TrainingBatch(
            new TokenInputs(new int[][] {{1, 2, 3}, {4, 5, 6}}), batch.targets(), batch.truth());

    assertThatThrownBy(() -> odd.texts(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 rows for 2 texts of 6 tokens");
  }

  /**
   * Rows of live traffic and, of texts, replayed ones; some without a target that counts, some
   * without an embedding.
   */
  private static TrainingBatch mixed(StudentSpec spec) {
    SplittableRandom random = new SplittableRandom(9);
    TrainingBatch texts = SmallStudents.batch(spec, 9, 5);
    int rows = ForwardPass.of(spec, texts.inputs()).rows();
    List<SoftTarget> targets = new ArrayList<>();
    List<Origin> origins = new ArrayList<>();
    int[] truth = new int[rows];
    float[][] embeddings = new float[rows][];
    for (int row = 0; row < rows; row++) {
      float[] logits = new float[spec.classes()];
      for (int c = 0; c < logits.length; c++) {
        logits[c] = (float) random.nextGaussian();
      }
      targets.add(row % 4 == 1 ? new AbsentTarget(spec.classes()) : new DenseTarget(logits));
      origins.add(texts.rows() == rows && row % 3 == 0 ? Origin.REPLAYED : Origin.LIVE);
      truth[row] = row % 2 == 0 ? random.nextInt(spec.classes()) : TrainingBatch.UNKNOWN;
      embeddings[row] = new float[row % 5 == 2 ? 0 : DIMENSION];
      for (int i = 0; i < embeddings[row].length; i++) {
        embeddings[row][i] = (float) random.nextGaussian();
      }
    }
    return new TrainingBatch(texts.inputs(), targets, truth, embeddings, origins);
  }
}
