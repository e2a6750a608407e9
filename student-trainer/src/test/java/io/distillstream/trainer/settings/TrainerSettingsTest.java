package io.distillstream.trainer.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.augment.AugmentationPlan;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.memory.HeldOutPlan;
import io.distillstream.trainer.memory.MemoryPlan;
import io.distillstream.trainer.memory.MemoryPolicy;
import io.distillstream.trainer.memory.ReplayPlan;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.prune.PruningSchedule;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.TransformerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainerSettingsTest {

  @Test
  void shouldHaveTheDocumentedDefaults() {
    TrainerSettings settings = load(Map.of());

    assertThat(settings.model()).isEqualTo("student");
    assertThat(settings.plan().batchSize()).isEqualTo(32);
    assertThat(settings.plan().checkpointRecords()).isEqualTo(100_000);
    assertThat(settings.plan().checkpointInterval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(settings.plan().schedule()).isEqualTo(TrainingSchedule.standard());
    assertThat(settings.student().spec(30_522, 24)).isEqualTo(TransformerSpec.standard(30_522, 24));
  }

  @Test
  void shouldTakeTheRateOfWords() {
    assertThat(load(Map.of("trainer.learning-rate.words", "0.3")).plan().schedule().wordRate())
        .isEqualTo(0.3);
    assertThatThrownBy(() -> load(Map.of("trainer.learning-rate.words", "2")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("trainer.learning-rate.words");
  }

  @Test
  void shouldTrainWithoutAdversariesUnlessToldOtherwise() {
    TrainerSettings settings = load(Map.of());

    assertThat(settings.objective().consistency().isOn()).isFalse();
    assertThat(settings.augmentation().maxShare()).isZero();
  }

  @Test
  void shouldReplayAndHoldOutUnlessToldOtherwise() {
    TrainingPlan plan = load(Map.of()).plan();
    TrainingPlan off =
        load(Map.of("trainer.replay.share", "0", "trainer.held-out.one-in", "0")).plan();

    assertThat(plan.replay())
        .isEqualTo(
            new ReplayPlan(
                1.0 / 3,
                0.8,
                new MemoryPlan(MemoryPolicy.CLASS_BALANCED, 20_000, 64L << 20, 20_000)));
    assertThat(plan.heldOut())
        .isEqualTo(
            new HeldOutPlan(
                new HeldOutRule(10),
                new MemoryPlan(MemoryPolicy.STRATIFIED, 1_000, 64L << 20, 2_000)));
    assertThat(off.replay().isOn()).isFalse();
    assertThat(off.heldOut().rule()).isEqualTo(HeldOutRule.NONE);
  }

  @Test
  void shouldNotLetTheLargestShareOfReplayBeLessThanTheUsualOne() {
    assertThat(load(Map.of("trainer.replay.share", "0.85")).plan().replay().maxShare())
        .isEqualTo(0.85);
  }

  @Test
  void shouldTakeAdversariesFromTheSettings() {
    TrainerSettings settings =
        load(
            Map.of(
                "trainer.consistency.weight", "0.5",
                "trainer.consistency.radius", "0.1",
                "trainer.consistency.shape", "sign",
                "trainer.consistency.anchor", "teacher",
                "trainer.augmentation.max-share", "0.05",
                "trainer.augmentation.candidates", "100",
                "trainer.augmentation.start-records", "3000"));

    assertThat(settings.objective().consistency())
        .isEqualTo(new Consistency(0.5, 0.1, Consistency.Shape.SIGN, Consistency.Anchor.TEACHER));
    assertThat(settings.augmentation()).isEqualTo(new AugmentationPlan(0.05, 100, 3_000));
  }

  @Test
  void shouldTakeTheShapeFromTheSizeUnlessToldOtherwise() {
    assertThat(load(Map.of("trainer.size", "large")).student().spec(100, 3))
        .isEqualTo(TransformerSpec.uniform(100, 512, 24, 8, 2_048, 3, 64, false));
    assertThat(
            load(Map.of("trainer.size", "base", "trainer.blocks", "0", "trainer.width", "64"))
                .student()
                .spec(100, 3))
        .isEqualTo(TransformerSpec.uniform(100, 64, 0, 8, 1_024, 3, 64, false));
    assertThat(
            load(Map.of("trainer.family", "ngram", "trainer.ngram-buckets", "500"))
                .student()
                .spec(100, 3))
        .isEqualTo(new NgramSpec(100, 128, 500, 3, 64));
  }

  @Test
  void shouldTakeTheScheduleFromTheSettings() {
    TrainerSettings settings =
        load(
            Map.of(
                "trainer.temperature.start", "8",
                "trainer.temperature.end", "2",
                "trainer.temperature.records", "20000",
                "trainer.learning-rate.shape", "constant",
                "trainer.learning-rate.start", "0.001",
                "trainer.alpha", "0.6",
                "trainer.averaging.share", "0.5",
                "trainer.averaging.records", "3000",
                "trainer.warm-up-records", "0"));

    assertThat(at(settings, 0).temperature()).isEqualTo(8);
    assertThat(at(settings, 10_000).temperature()).isEqualTo(4);
    assertThat(at(settings, 1_000_000).temperature()).isEqualTo(2);
    assertThat(at(settings, 1_000_000).learningRate()).isEqualTo(0.001);
    assertThat(at(settings, 5).alpha()).isEqualTo(0.6);
    assertThat(at(settings, 4_000).averagingWindow()).isEqualTo(2_000);
    assertThat(at(settings, 8_000).averagingWindow()).isEqualTo(3_000);
  }

  @Test
  void shouldAverageUnlessToldOtherwise() {
    assertThat(at(load(Map.of()), 100_000).averagingWindow()).isPositive();
    assertThat(at(load(Map.of("trainer.averaging.enabled", "false")), 100_000).averagingWindow())
        .isZero();
  }

  @Test
  void shouldLetTheLearningRateFallWhereAnEndIsGiven() {
    TrainerSettings settings = load(Map.of("trainer.learning-rate.end", "0.001"));

    assertThat(at(settings, 10_000).learningRate()).isBetween(0.0019, 0.0021);
    assertThat(at(settings, 20_000).learningRate()).isEqualTo(0.001);
  }

  @Test
  void shouldPruneOnlyWhereAskedTo() {
    assertThat(load(Map.of()).plan().pruning().mode()).isEqualTo(PruningPlan.Mode.NONE);
    assertThat(load(Map.of()).plan().pruning().units()).isEqualTo(PruningPlan.Units.ALL);

    PruningPlan plan =
        load(Map.of(
                "trainer.pruning.mode", "unstructured",
                "trainer.pruning.units", "rows",
                "trainer.pruning.criterion", "movement",
                "trainer.pruning.scope", "network",
                "trainer.pruning.scaling", "none",
                "trainer.pruning.shape", "cubic",
                "trainer.pruning.target", "0.7",
                "trainer.pruning.step", "0.2",
                "trainer.pruning.start-records", "1000",
                "trainer.pruning.interval-records", "500"))
            .plan()
            .pruning();

    assertThat(plan)
        .isEqualTo(
            new PruningPlan(
                PruningPlan.Mode.UNSTRUCTURED,
                PruningPlan.Units.ROWS,
                Criterion.MOVEMENT,
                PruningPlan.Scope.NETWORK,
                PruningPlan.Scaling.NONE,
                new PruningSchedule(PruningSchedule.Shape.CUBIC, 1_000, 500, 0.2, 0.7)));
  }

  @Test
  void shouldReportEveryProblemAtOnce() {
    Map<String, String> values =
        Map.of("trainer.batch-size", "0", "trainer.alpha", "1.5", "trainer.bach-size", "3");

    assertThatThrownBy(() -> load(values))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("trainer.batch-size")
        .hasMessageContaining("trainer.alpha")
        .hasMessageContaining("trainer.bach-size");
  }

  @Test
  void shouldOfferTheFamiliesThatClassifyTexts() {
    for (String family : List.of("causal", "perceptron")) {
      assertThatThrownBy(() -> load(Map.of("trainer.family", family)))
          .isInstanceOf(InvalidSettingsException.class)
          .hasMessageContaining("trainer.family = '" + family + "'")
          .hasMessageEndingWith("expected one of transformer, ngram");
    }
  }

  private static StepSettings at(TrainerSettings settings, long records) {
    return settings.plan().schedule().at(records);
  }

  private static TrainerSettings load(Map<String, String> values) {
    return TrainerSettings.from(Settings.load(TrainerSettings.all(), values));
  }
}
