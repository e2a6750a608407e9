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
import io.distillstream.trainer.batch.StratifiedScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.checkpoint.ExportProbe;
import io.distillstream.trainer.checkpoint.ExportedModel;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.Manifests;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.UnsoundStudentException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.distillstream.trainer.memory.HeldOutPlan;
import io.distillstream.trainer.memory.Memories;
import io.distillstream.trainer.memory.MemoriesState;
import io.distillstream.trainer.memory.MemoryPlan;
import io.distillstream.trainer.memory.MemoryPolicy;
import io.distillstream.trainer.memory.ReplayPlan;
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

  private static final MemoriesState HELD_OUT = heldOut();

  @TempDir private Path folder;

  private static MemoriesState heldOut() {
    MemoryPlan room = new MemoryPlan(MemoryPolicy.RESERVOIR, 20, 10_000, 1);
    Memories memories =
        new Memories(
            ReplayPlan.NONE, new HeldOutPlan(new HeldOutRule(5), room), 1, MemoriesState.NONE);
    memories.heldOut(MadeUpExamples.range(0, 20));
    return memories.state();
  }

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

  @Test
  void shouldScoreOnWhatIsHeldOutWhatDevicesGetAndTheNewestWeights() throws Exception {
    ExportedModel averaged = export(state(NEWEST, AVERAGE), HELD_OUT);
    ExportedModel plain = export(StudentState.fresh(NEWEST, 1), HELD_OUT);

    assertThat(averaged.heldOut()).isEqualTo(score(AVERAGE));
    assertThat(averaged.heldOutNewest()).isEqualTo(score(NEWEST));
    assertThat(plain.heldOut()).isEqualTo(score(NEWEST)).isNotEqualTo(score(AVERAGE));
    assertThat(plain.heldOutNewest()).isEqualTo(StratifiedScore.NONE);
    assertThat(export(StudentState.fresh(NEWEST, 1), MemoriesState.NONE).heldOut())
        .isEqualTo(StratifiedScore.NONE);
  }

  private static StratifiedScore score(StudentWeights weights) {
    try (StudentEngine engine = DjlStudentEngine.from(StudentState.fresh(weights, 1))) {
      return HeldOutScorer.score(engine, HELD_OUT.heldOut());
    }
  }

  private ExportedModel export(StudentState state, MemoriesState memories) throws Exception {
    return new CheckedExporter(
            new Pipeline("test"), "student", metadata(), 1e-4, DjlStudentEngine::from)
        .export(checkpoint(state, memories), folder.resolve("student.onnx"));
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
    assertThat(export(state, MemoriesState.NONE).maxDifference()).isLessThan(1e-4);
    OnnxModel model = OnnxModel.read(folder.resolve("student.onnx"));
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

  private static PendingCheckpoint checkpoint(StudentState state, MemoriesState memories) {
    return new PendingCheckpoint(
        new GoodState(state, Lineage.NONE, Map.of(), memories),
        Map.of(),
        BatchScore.NONE,
        PairedScore.NONE,
        LossParts.ZERO,
        new EventTimeHistogram().toAvro(),
        Manifests.NO_LEGS,
        new StepSettings(2, 0.7, 1e-3, 0, 1, 8),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new ExportProbe(new TokenInputs(new int[][] {{2, 5, 7, 3}, {2, 4, 3}})),
        Instant.EPOCH);
  }
}
