package io.distillstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.model.quantization.SquaredGradients;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.checkpoint.ExportProbe;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.Manifests;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.distillstream.trainer.loop.PendingBatch;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.GradientEstimate;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.TransformerSpec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportedGradientsTest {
  private static final double TOLERANCE = 1e-4;
  private static final int BATCH = 8;
  private static final int STEPS = 3;
  private static final StepSettings STEP = new StepSettings(2, 0.9, 3e-3, 0.01, 1, 8);
  private static final TransformerSpec SPEC =
      TransformerSpec.uniform(
          MadeUpExamples.VOCABULARY, 16, 1, 2, 16, MadeUpExamples.CLASSES, 8, false);

  @Test
  void shouldSayOfEachMatrixHowMuchItMatters(@TempDir Path folder) throws Exception {
    StudentState trained = trained();
    Path file = folder.resolve("student.onnx");

    CheckedExporter exporter =
        new CheckedExporter(
            new Pipeline("p"), "student", metadata(), TOLERANCE, DjlStudentEngine::from);
    assertThat(exporter.export(checkpoint(trained), file).maxDifference()).isLessThan(TOLERANCE);

    OnnxModel exported = OnnxModel.read(file);
    Map<String, Double> gradients = SquaredGradients.from(exported.metadata());
    assertThat(gradients).isEqualTo(GradientEstimate.squares(trained));
    assertThat(gradients.keySet())
        .containsExactlyInAnyOrderElementsOf(
            SPEC.parameters().stream().filter(Parameter::isMatrix).map(Parameter::name).toList())
        .allSatisfy(name -> assertThat(exported.initializer(name)).isPresent());
    assertThat(gradients.values()).allSatisfy(square -> assertThat(square).isPositive());
    assertThat(ModelMetadata.fromMap(exported.metadata()).labels()).isEqualTo(metadata().labels());
  }

  private static StudentState trained() throws Exception {
    try (StudentEngine engine =
        DjlStudentEngine.from(StudentState.fresh(RandomStart.weights(SPEC, 1), 1))) {
      for (int step = 0; step < STEPS; step++) {
        PendingBatch batch = new PendingBatch();
        for (int i = 0; i < BATCH; i++) {
          batch.add(new Arrival.Usable(0, i, MadeUpExamples.example(step * BATCH + i)), 0);
        }
        engine.learn(batch.rows(), STEP);
      }
      return engine.snapshot();
    }
  }

  private static PendingCheckpoint checkpoint(StudentState state) {
    Lineage lineage = new Lineage(1, Map.of(0, 8L), BATCH * STEPS, 0, Map.of());
    return new PendingCheckpoint(
        new GoodState(state, lineage, Map.of()),
        Map.of(),
        BatchScore.NONE,
        PairedScore.NONE,
        new LossParts(1, Map.of(LossParts.DISTILLATION, 1.0, LossParts.CROSS_ENTROPY, 1.0)),
        new EventTimeHistogram().toAvro(),
        Manifests.NO_LEGS,
        STEP,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new ExportProbe(new TokenInputs(new int[][] {{1, 2}, {3}})),
        Instant.EPOCH);
  }

  private static ModelMetadata metadata() {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"));
    for (int i = pieces.size(); i < MadeUpExamples.VOCABULARY; i++) {
      pieces.add("w" + i);
    }
    return new ModelMetadata(
        new LabelSpace(List.of("a", "b", "c")), 8, new WordPieceTokenizer(pieces), Map.of());
  }
}
