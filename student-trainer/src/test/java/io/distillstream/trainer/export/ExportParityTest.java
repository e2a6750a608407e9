package io.distillstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.SmallStudents;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exported graph in ONNX Runtime against the engine's own forward pass. */
class ExportParityTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldAnswerAsTheEngineDoes(boolean positions) throws Exception {
    compareAfterTraining(TransformerSpec.uniform(60, 32, 2, 4, 48, 3, 12, positions));
  }

  @Test
  void shouldExportUnequalBlocks() throws Exception {
    compareAfterTraining(SmallStudents.UNEQUAL);
  }

  @Test
  void shouldComputeTheHashOfPairsInTheGraph() throws Exception {
    compareAfterTraining(new NgramSpec(60, 16, 37, 3, 12));
    compareAfterTraining(new NgramSpec(60, 2, 1 << 20, 3, 12));
  }

  private static void compareAfterTraining(StudentSpec spec) throws Exception {
    TrainingBatch unseen = SmallStudents.batch(spec, 40, 99);
    try (StudentEngine engine = DjlStudentEngine.from(SmallStudents.fresh(spec, 1))) {
      for (int step = 0; step < 30; step++) {
        engine.learn(SmallStudents.batch(spec, 16, step), SmallStudents.STEP);
      }
      OnnxModel model =
          StudentExport.export(engine.snapshot().weights(), SmallStudents.metadata(60, 3, 12));
      float[][] logits = engine.logits(unseen.inputs());
      assertThat(ParityCheck.largestDifference(model, SmallStudents.tokens(unseen), logits))
          .isGreaterThan(0)
          .isLessThan(ParityCheck.TOLERANCE);
    }
  }

  @Test
  void shouldNoticeAWrongAnswer() {
    TransformerSpec spec = SmallStudents.SMALL;
    OnnxModel model =
        StudentExport.export(RandomStart.weights(spec, 1), SmallStudents.metadata(60, 3, 12));
    int[][] text = {{1, 2, 3}};
    try (StudentEngine other = DjlStudentEngine.from(SmallStudents.fresh(spec, 2))) {
      assertThat(ParityCheck.largestDifference(model, text, other.logits(new TokenInputs(text))))
          .isGreaterThan(ParityCheck.TOLERANCE);
    }
    float[][] notANumber = {{Float.NaN, 0, 0}};
    assertThat(ParityCheck.largestDifference(model, text, notANumber)).isInfinite();
  }

  @Test
  void shouldCarryItsMetadataAndPlainWeights() {
    TransformerSpec spec = SmallStudents.SMALL;
    StudentWeights weights = RandomStart.weights(spec, 1);
    ModelMetadata metadata =
        SmallStudents.metadata(60, 3, 12).withProvenance(Map.of("checkpoint", "7"));
    OnnxModel model = OnnxModel.read(StudentExport.export(weights, metadata).bytes());
    assertThat(ModelMetadata.fromMap(model.metadata()).provenance())
        .containsEntry("checkpoint", "7");
    spec.parameters()
        .forEach(
            parameter ->
                assertThat(model.initializer(parameter.name()).orElseThrow().floats())
                    .isEqualTo(weights.get(parameter.name()).values()));
    // Four products with weights per block and the classifier.
    assertThat(
            model.nodes().stream()
                .filter(node -> node.getOpType().equals("MatMul"))
                .filter(node -> model.initializer(node.getInput(1)).isPresent()))
        .hasSize(2 * 4 + 1);
  }

  @Test
  void shouldRefuseMetadataOfAnotherModel() {
    StudentWeights weights = RandomStart.weights(SmallStudents.SMALL, 1);
    assertThatThrownBy(() -> StudentExport.export(weights, SmallStudents.metadata(61, 3, 12)))
        .hasMessageContaining("word pieces");
    assertThatThrownBy(() -> StudentExport.export(weights, SmallStudents.metadata(60, 4, 12)))
        .hasMessageContaining("classes");
    assertThatThrownBy(() -> StudentExport.export(weights, SmallStudents.metadata(60, 3, 13)))
        .hasMessageContaining("tokens");
  }
}
