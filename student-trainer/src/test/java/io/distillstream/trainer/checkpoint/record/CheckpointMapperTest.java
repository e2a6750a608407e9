package io.distillstream.trainer.checkpoint.record;

import static io.distillstream.trainer.batch.TrainingBatch.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.AveragedScore;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.HeldOutScore;
import io.distillstream.avro.HeldOutScores;
import io.distillstream.avro.LabelScore;
import io.distillstream.avro.OffsetRange;
import io.distillstream.model.LabelSpace;
import io.distillstream.trainer.augment.Augmented;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.StratifiedScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.checkpoint.Apart;
import io.distillstream.trainer.checkpoint.ExportProbe;
import io.distillstream.trainer.checkpoint.ExportedModel;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.Manifests;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.loop.ScriptedEngine;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.state.StudentState.Progress;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CheckpointMapperTest {
  private static final LabelSpace LABELS = new LabelSpace(List.of("a", "b", "c"));

  private final Lineage lineage =
      new Lineage(
          8,
          Map.of(0, 100L, 1, 40L, 2, 7L),
          64,
          -5L,
          Map.of("minilm", "abc"),
          new Augmented(5, 3, 2),
          new Apart(34, 7, 5));

  @Test
  void shouldGiveBackTheLineageItWasGiven() {
    Checkpoint manifest = manifest(score(10));

    assertThat(CheckpointMapper.lineage(manifest)).isEqualTo(lineage);
  }

  @Test
  void shouldGiveEveryPartitionsRange() {
    Checkpoint manifest = manifest(score(10));

    // Partition 2 was first met at its end: an empty range, so that the manifest alone tells where
    // to go on.
    assertThat(manifest.getOffsets())
        .containsExactly(
            new OffsetRange(0, 80L, 100L),
            new OffsetRange(1, 40L, 40L),
            new OffsetRange(2, 7L, 7L));
  }

  @Test
  void shouldDescribeTheTraining() {
    Checkpoint manifest = manifest(score(10));

    assertThat(manifest.getVersion()).isEqualTo(8);
    assertThat(manifest.getParentVersion()).isEqualTo(7);
    assertThat(manifest.getSteps()).isEqualTo(3);
    assertThat(manifest.getLabels()).containsExactly("a", "b", "c");
    assertThat(manifest.getLabelSpace()).isEqualTo(LABELS.fingerprint());
    assertThat(manifest.getOnnxMaxAbsDifference()).isEqualTo(1e-6);
    assertThat(manifest.getTraining().getPrequentialAgreement()).isEqualTo(0.75);
    assertThat(manifest.getTraining().getPrequentialKl()).isEqualTo(0.5);
    assertThat(manifest.getTraining().getPrequentialAccuracy()).isEqualTo(0.5);
    // Confidence 0.75 throughout: right for 24 of 32, and for 5 of 10.
    assertThat(manifest.getTraining().getPrequentialTeacherEce()).isEqualTo(0);
    assertThat(manifest.getTraining().getPrequentialEce()).isEqualTo(0.25);
    assertThat(manifest.getTraining().getClassAgreement()).isEqualTo(Map.of("a", 0.75));
    assertThat(manifest.getTraining().getLoss()).isEqualTo(1.25);
    assertThat(manifest.getTraining().getDistillation()).isEqualTo(1.5);
    assertThat(manifest.getTraining().getPrequentialCrossEntropy()).isEqualTo(0.75);
    assertThat(manifest.getTraining().getConsistency()).isEqualTo(0.125);
    assertThat(manifest.getTraining().getTemperature()).isEqualTo(4);
    assertThat(manifest.getAugmentedSent()).isEqualTo(5);
    assertThat(manifest.getAugmentedTrained()).isEqualTo(3);
    assertThat(manifest.getReplayedTrained()).isEqualTo(34);
    assertThat(manifest.getHeldOutRecords()).isEqualTo(7);
    assertThat(manifest.getTraining().getHeldOut()).isNull();
  }

  @Test
  void shouldTellHowTheStudentAnswersWhatIsHeldOut() {
    HeldOutScores scores = heldOut(good(), rows(10), List.of());

    assertThat(scores.getNewest()).isNull();
    HeldOutScore published = scores.getPublished();
    assertThat(published.getRecords()).isEqualTo(32);
    assertThat(published.getAgreement()).isEqualTo(0.75);
    assertThat(published.getKl()).isEqualTo(0.5);
    assertThat(published.getAccuracy()).isEqualTo(0.5);
    assertThat(published.getEce()).isEqualTo(0.25);
    assertThat(published.getTeacherEce()).isEqualTo(0);
    assertThat(published.getLabels())
        .containsOnlyKeys("a")
        .containsEntry("a", new LabelScore(32, 0.75, 0.5, 0.5, 0.25, 0.0));
    assertThat(heldOut(good(), rows(0), List.of()).getPublished().getAccuracy()).isNull();
  }

  @Test
  void shouldTellTheNewestWeightsApartWhereDevicesGetAnAverage() {
    GoodState plain = good();
    Map<String, FloatTensor> tensors = new HashMap<>(plain.state().tensors());
    plain
        .state()
        .weights()
        .spec()
        .parameters()
        .forEach(p -> tensors.put("average." + p.name(), plain.state().weights().get(p.name())));
    Map<String, String> header = new HashMap<>(plain.state().header());
    header.put("averaged", "true");
    GoodState averaged =
        new GoodState(StudentState.from(tensors, header), lineage, plain.steering());

    assertThat(heldOut(averaged, rows(10), List.of()).getNewest())
        .as("where devices get the newest weights in spite of an average")
        .isNull();
    HeldOutScores scores = heldOut(averaged, rows(10), averagedRows(200));

    assertThat(scores.getPublished().getAgreement()).isEqualTo(0.75);
    assertThat(scores.getNewest().getRecords()).isEqualTo(200);
    assertThat(scores.getNewest().getAgreement()).isEqualTo(0.9);
  }

  private HeldOutScores heldOut(GoodState good, List<RowScore> published, List<RowScore> newest) {
    ExportedModel exported =
        new ExportedModel(
            1e-6,
            StratifiedScore.of(published, label -> 1),
            StratifiedScore.of(newest, label -> 1));
    return CheckpointMapper.manifest(
            "m", LABELS, checkpoint(good, score(10), PairedScore.NONE), exported)
        .getTraining()
        .getHeldOut();
  }

  @Test
  void shouldLeaveTheAccuracyOpenWhereNoTruthIsKnown() {
    assertThat(manifest(score(0)).getTraining().getPrequentialAccuracy()).isNull();
    assertThat(manifest(score(0)).getTraining().getPrequentialEce()).isNull();
  }

  @Test
  void shouldEstimateTheAverageFromWhatBothWereScoredOn() {
    // On the records scored with both the newest weights are right about all, the average errs in
    // a tenth; over all records the newest weights agree in 24 of 32, and in 5 of the 10 known.
    AveragedScore averaged = manifest(score(10), pairs(200)).getTraining().getPrequentialAveraged();

    assertThat(averaged.getRecords()).isEqualTo(200);
    assertThat(averaged.getAgreement()).isCloseTo(0.75 - 0.1, within(1e-12));
    assertThat(averaged.getKl()).isCloseTo(0.5 - 0.25, within(1e-12));
    assertThat(averaged.getAccuracy()).isCloseTo(0.5 - 0.1, within(1e-12));
  }

  @Test
  void shouldLeaveTheAverageOpenWhereItWasScoredOnTooFew() {
    assertThat(manifest(score(10)).getTraining().getPrequentialAveraged()).isNull();
    assertThat(manifest(score(10), pairs(199)).getTraining().getPrequentialAveraged()).isNull();
  }

  private static PairedScore pairs(int records) {
    return new PairedScore(
        BatchScore.of(Collections.nCopies(records, new RowScore(0, 0.75, 0, 0.5, 0))),
        BatchScore.of(averagedRows(records)));
  }

  private static List<RowScore> averagedRows(int records) {
    return IntStream.range(0, records)
        .mapToObj(i -> new RowScore(i % 10 == 0 ? 1 : 0, 0.75, 0, 0.25, 0))
        .toList();
  }

  /** 32 records, 24 of them agreeing, KL 0.5 each; half of those whose truth is known correct. */
  private static BatchScore score(int known) {
    return BatchScore.of(rows(known));
  }

  private static List<RowScore> rows(int known) {
    return IntStream.range(0, 32)
        .mapToObj(
            i -> {
              int answer = i < 24 ? 0 : 1;
              int truth = i % 2 == 0 ? answer : 2;
              return new RowScore(answer, 0.75, 0, 0.5, i < known ? truth : UNKNOWN);
            })
        .toList();
  }

  private GoodState good() {
    StudentState zero = new ScriptedEngine().snapshot();
    StudentState state =
        new StudentState(
            zero.weights(), zero.firstMoments(), zero.secondMoments(), new Progress(7, 3, 64, 0.5));
    return new GoodState(
        state, lineage, Map.of("rate_cut.factor", "0.25", "rate_cut.until_records", "90"));
  }

  private Checkpoint manifest(BatchScore score) {
    return manifest(score, PairedScore.NONE);
  }

  private Checkpoint manifest(BatchScore score, PairedScore pairs) {
    return CheckpointMapper.manifest(
        "m",
        LABELS,
        checkpoint(good(), score, pairs),
        new ExportedModel(1e-6, StratifiedScore.NONE, StratifiedScore.NONE));
  }

  private static PendingCheckpoint checkpoint(GoodState good, BatchScore score, PairedScore pairs) {
    return new PendingCheckpoint(
        good,
        Map.of(0, 80L, 1, 40L),
        score,
        pairs,
        new LossParts(
            1.25,
            Map.of(
                LossParts.DISTILLATION,
                1.5,
                LossParts.CROSS_ENTROPY,
                0.75,
                LossParts.CONSISTENCY,
                0.125)),
        new EventTimeHistogram().toAvro(),
        Manifests.NO_LEGS,
        new StepSettings(4, 0.6, 1e-3, 0, 1, 8),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        new ExportProbe(new TokenInputs(new int[][] {{1}})),
        Instant.EPOCH);
  }
}
