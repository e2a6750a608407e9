package io.distillstream.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.checkpoint.ExportProbe;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.UnsoundStudentException;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckedExporterTest {
  private static final TransformerSpec SPEC = TransformerSpec.uniform(10, 8, 1, 2, 12, 3, 6, false);
  private static final StudentWeights NEWEST = RandomStart.weights(SPEC, 1);
  private static final StudentWeights AVERAGE = RandomStart.weights(SPEC, 2);

  @TempDir private Path folder;

  @Test
  void shouldExportTheAverageWhereThereIsOne() throws Exception {
    assertThat(exported(state(NEWEST, AVERAGE))).isEqualTo(AVERAGE);
  }

  @Test
  void shouldExportTheNewestWeightsWhereThereIsNoAverage() throws Exception {
    assertThat(exported(StudentState.fresh(NEWEST, 1))).isEqualTo(NEWEST);
  }

  @Test
  void shouldRefuseAStateWhoseNewestWeightsAreSpoiltBehindASoundAverage() {
    StudentWeights spoilt =
        new StudentWeights(
            SPEC,
            parameter -> {
              float[] values = NEWEST.get(parameter.name()).values().clone();
              values[0] = Float.NaN;
              return new FloatTensor(parameter.shape(), values);
            });

    assertThatThrownBy(() -> exported(state(spoilt, AVERAGE)))
        .isInstanceOf(UnsoundStudentException.class)
        .hasMessageContaining("not finite");
  }

  /** As a checkpoint would hold them. */
  private static StudentState state(StudentWeights newest, StudentWeights average) {
    StudentState fresh = StudentState.fresh(newest, 1);
    Map<String, FloatTensor> tensors = new HashMap<>(fresh.tensors());
    for (Parameter parameter : SPEC.parameters()) {
      tensors.put("average." + parameter.name(), average.get(parameter.name()));
    }
    Map<String, String> header = new HashMap<>(fresh.header());
    header.put("averaged", "true");
    return StudentState.from(tensors, header);
  }

  private StudentWeights exported(StudentState state) throws Exception {
    Path file = folder.resolve("student.onnx");
    try (CheckedExporter exporter =
        new CheckedExporter(
            new Pipeline("test"), "student", metadata(), 1e-4, DjlStudentEngine::from)) {
      assertThat(exporter.export(checkpoint(state), file).maxDifference()).isLessThan(1e-4);
    }
    OnnxModel model = OnnxModel.read(file);
    return new StudentWeights(
        SPEC,
        parameter ->
            new FloatTensor(
                parameter.shape(), model.initializer(parameter.name()).orElseThrow().floats()));
  }

  private static ModelMetadata metadata() {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"));
    for (int i = pieces.size(); i < SPEC.vocabularySize(); i++) {
      pieces.add("w" + i);
    }
    return new ModelMetadata(
        new LabelSpace(List.of("a", "b", "c")), 6, new WordPieceTokenizer(pieces), Map.of());
  }

  private static PendingCheckpoint checkpoint(StudentState state) {
    return new PendingCheckpoint(
        new GoodState(state, Lineage.NONE, Map.of()),
        Map.of(),
        BatchScore.NONE,
        PairedScore.NONE,
        LossParts.ZERO,
        new EventTimeHistogram().toAvro(),
        new StepSettings(2, 0.7, 1e-3, 0, 1, 8),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new ExportProbe(new TokenInputs(new int[][] {{2, 5, 7, 3}, {2, 4, 3}})),
        Instant.EPOCH);
  }
}
