package io.distillstream.trainer.settings;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpSettings;
import io.distillstream.trainer.augment.AugmentationPlan;
import io.distillstream.trainer.augment.HardExamples;
import io.distillstream.trainer.augment.WordChoices;
import io.distillstream.trainer.checkpoint.RetentionPolicy;
import io.distillstream.trainer.examples.AgreementRule;
import io.distillstream.trainer.memory.ReplayPlan;
import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.schedule.TrainingSchedule;
import io.distillstream.trainer.student.StudentSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Settings of the trainer.
 *
 * @param model name of the student: of its checkpoints, its consumer group and its transactions
 * @param plan how it trains and when it publishes
 * @param objective what training minimizes
 * @param heads that serve training alone
 * @param agreement how much is learned of requests on which several teachers agree
 * @param augmentation how much of its traffic it makes up of hard examples
 * @param student what is trained, and from what it starts
 * @param readAhead examples that are decoded and tokenized before they are trained
 * @param maxExportDifference largest logit difference between training engine and exported model
 * @param retention which checkpoints stay
 */
public record TrainerSettings(
    String model,
    TrainingPlan plan,
    TrainingObjective objective,
    TrainingHeads heads,
    AgreementRule agreement,
    AugmentationPlan augmentation,
    StudentSettings student,
    int readAhead,
    double maxExportDifference,
    RetentionPolicy retention) {

  /** Where the trainer's health and metrics are served. */
  public static final HttpSettings HTTP = HttpSettings.ofProbes("trainer", 8083);

  private static final TrainingSchedule STANDARD = TrainingSchedule.standard();

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

  private static final Setting<String> MODEL =
      Setting.text(
              "trainer.model",
              "student",
              "Name of the student; another shape or label space needs another name.")
          .accepting(
              "lower-case letters, digits and inner hyphens, at most 40",
              name -> NAME.matcher(name).matches());
  private static final Setting<Integer> BATCH_SIZE =
      Setting.integer("trainer.batch-size", 32, "Records per optimizer step.").between(1, 4_096);
  private static final Setting<Duration> MAX_BATCH_WAIT =
      Setting.duration(
              "trainer.max-batch-wait",
              Duration.ofMillis(500),
              "A smaller batch is trained when its first record has waited this long.")
          .between(Duration.ofMillis(1), Duration.ofMinutes(10));
  private static final Setting<Integer> CHECKPOINT_RECORDS =
      Setting.integer(
              "trainer.checkpoint-records",
              100_000,
              "A checkpoint is written and a model published after this many trained records.")
          .between(1, 10_000_000);
  private static final Setting<Duration> CHECKPOINT_INTERVAL =
      Setting.duration(
              "trainer.checkpoint-interval",
              Duration.ofSeconds(15),
              "Or after this long, if anything was trained.")
          .between(Duration.ofMillis(100), Duration.ofDays(1));
  private static final Setting<Integer> KEEP_CHECKPOINTS =
      Setting.integer("trainer.keep-checkpoints", 20, "So many of the newest checkpoints are kept.")
          .between(2, 100_000);
  private static final Setting<Duration> KEEP_CHECKPOINT_AGE =
      Setting.duration(
              "trainer.keep-checkpoint-age",
              Duration.ofMinutes(10),
              "Besides, every checkpoint that is younger; what is beyond both is deleted.")
          .between(Duration.ZERO, Duration.ofDays(3_650));
  private static final Setting<List<String>> PROTECTED_CHECKPOINTS =
      Setting.list(
              "trainer.protected-checkpoints",
              "",
              "Versions that are never deleted, such as 120,450.")
          .accepting(
              "versions separated by commas",
              versions -> versions.stream().allMatch(text -> text.matches("[1-9][0-9]{0,17}")));
  private static final Setting<Double> ALPHA =
      Setting.decimal(
              "trainer.alpha",
              STANDARD.alpha(),
              "Weight of the distillation term; the cross-entropy weighs the rest.")
          .between(0.0, 1.0);
  private static final RampSettings TEMPERATURE =
      new RampSettings(
          "trainer.temperature", "Temperature of distillation", STANDARD.temperature(), 1, 100);
  private static final RampSettings LEARNING_RATE =
      new RampSettings(
          "trainer.learning-rate", "Learning rate of AdamW", STANDARD.learningRate(), 0, 1);
  private static final Setting<Double> WORD_RATE =
      Setting.decimal(
              "trainer.learning-rate.words",
              STANDARD.wordRate(),
              "What the learning rate is multiplied with in the rows of the word table. Less makes"
                  + " smaller updates of devices, and a student that learns words more slowly.")
          .between(0.0, 1.0);
  private static final Setting<Long> WARM_UP_RECORDS =
      Setting.count(
              "trainer.warm-up-records",
              STANDARD.warmUpRecords(),
              "Records over which the learning rate first rises from 0.")
          .between(0L, RampSettings.MAX_RECORDS);
  private static final Setting<Double> WEIGHT_DECAY =
      Setting.decimal(
              "trainer.weight-decay", STANDARD.weightDecay(), "Decoupled, of weight matrices.")
          .between(0.0, 1.0);
  private static final Setting<Double> CLIP_NORM =
      Setting.decimal(
              "trainer.clip-norm", STANDARD.clipNorm(), "Largest L2 norm of a step's gradient.")
          .between(1e-6, 1e6);
  private static final Setting<Double> SPIKE_FACTOR =
      Setting.decimal(
              "trainer.spike-factor",
              STANDARD.spikeFactor(),
              "A loss this many times its moving average counts as a divergence.")
          .between(1.5, 1e9);
  private static final Setting<Boolean> QUANTIZATION_AWARE =
      Setting.flag(
          "trainer.quantization-aware",
          false,
          "Whether steps are taken with what 8 bits will leave of weights and activations.");
  private static final Setting<Long> QUANTIZATION_AWARE_FROM =
      Setting.count("trainer.quantization-aware-from", 0, "Records learned before it begins.")
          .between(0L, RampSettings.MAX_RECORDS);
  private static final Setting<Integer> MAX_ROLLBACKS =
      Setting.integer(
              "trainer.max-rollbacks", 3, "Divergences in a row after which training stops.")
          .between(0, 1_000);
  private static final Setting<Double> RATE_CUT_FACTOR =
      Setting.decimal("trainer.rate-cut.factor", 0.5, "Learning rate after each divergence.")
          .between(1e-3, 1.0);
  private static final Setting<Long> RATE_CUT_RECORDS =
      Setting.count("trainer.rate-cut.records", 2_000, "Records for which the cut holds.")
          .between(0L, RampSettings.MAX_RECORDS);
  private static final Setting<Integer> READ_AHEAD =
      Setting.integer(
              "trainer.read-ahead", 1_024, "Examples decoded and tokenized ahead of training.")
          .between(1, 1_000_000);
  private static final Setting<Boolean> CHECK_MEMORY =
      Setting.flag(
          "trainer.check-memory",
          true,
          "Whether to refuse to start where the student is not expected to fit into memory.");
  private static final Setting<Double> MAX_EXPORT_DIFFERENCE =
      Setting.decimal(
              "trainer.max-export-difference",
              1e-4,
              "Largest logit difference between training engine and exported model.")
          .between(0.0, 1.0);

  /** What training such a student takes with these settings. */
  public TrainingMemory memory(StudentSpec spec) {
    ReplayPlan replay = plan.replay();
    // Replayed rows stand beside fresh ones up to their usual share; more are steps of their own.
    int rows = (int) Math.ceil(plan.batchSize() / (1 - replay.share()));
    return TrainingMemory.of(spec, rows, replay.isOn() ? replay.memory().maxBytes() : 0);
  }

  /** What makes the student's hard examples. */
  public HardExamples hardExamples(WordPieceTokenizer tokenizer) {
    return augmentation.maxShare() == 0
        ? HardExamples.NONE
        : new HardExamples(augmentation, model, new WordChoices(tokenizer, student.maxTokens()));
  }

  /** Every key. */
  public static List<Setting<?>> all() {
    List<Setting<?>> all = new ArrayList<>(List.of(MODEL, BATCH_SIZE, MAX_BATCH_WAIT));
    all.addAll(List.of(CHECKPOINT_RECORDS, CHECKPOINT_INTERVAL));
    all.addAll(List.of(KEEP_CHECKPOINTS, KEEP_CHECKPOINT_AGE, PROTECTED_CHECKPOINTS, ALPHA));
    all.addAll(TEMPERATURE.all());
    all.addAll(ObjectiveSettings.all());
    all.addAll(ConsistencySettings.all());
    all.addAll(AgreementSettings.all());
    all.addAll(AugmentationSettings.all());
    all.addAll(LEARNING_RATE.all());
    all.add(WORD_RATE);
    all.addAll(List.of(WARM_UP_RECORDS, WEIGHT_DECAY, CLIP_NORM, SPIKE_FACTOR));
    all.addAll(List.of(MAX_ROLLBACKS, RATE_CUT_FACTOR, RATE_CUT_RECORDS));
    all.addAll(List.of(QUANTIZATION_AWARE, QUANTIZATION_AWARE_FROM));
    all.addAll(AveragingSettings.all());
    all.addAll(DriftSettings.all());
    all.addAll(PruningSettings.all());
    all.addAll(ReplaySettings.all());
    all.addAll(HeldOutSettings.all());
    all.addAll(StudentSettings.all());
    all.addAll(List.of(READ_AHEAD, MAX_EXPORT_DIFFERENCE, CHECK_MEMORY));
    all.addAll(HTTP.all());
    return List.copyOf(all);
  }

  public static TrainerSettings from(Settings settings) {
    return new TrainerSettings(
        settings.get(MODEL),
        plan(settings),
        ObjectiveSettings.from(settings),
        ObjectiveSettings.heads(settings),
        AgreementSettings.from(settings),
        AugmentationSettings.from(settings),
        StudentSettings.from(settings),
        settings.get(READ_AHEAD),
        settings.get(MAX_EXPORT_DIFFERENCE),
        new RetentionPolicy(
            settings.get(KEEP_CHECKPOINTS),
            settings.get(KEEP_CHECKPOINT_AGE),
            settings.get(PROTECTED_CHECKPOINTS).stream()
                .map(Long::valueOf)
                .collect(Collectors.toSet())));
  }

  private static TrainingPlan plan(Settings settings) {
    return new TrainingPlan(
        settings.get(BATCH_SIZE),
        settings.get(MAX_BATCH_WAIT),
        settings.get(CHECKPOINT_RECORDS),
        settings.get(CHECKPOINT_INTERVAL),
        new TrainingSchedule(
            TEMPERATURE.from(settings),
            settings.get(ALPHA),
            LEARNING_RATE.from(settings),
            settings.get(WORD_RATE),
            settings.get(WARM_UP_RECORDS),
            settings.get(WEIGHT_DECAY),
            settings.get(CLIP_NORM),
            settings.get(SPIKE_FACTOR),
            settings.get(QUANTIZATION_AWARE)
                ? settings.get(QUANTIZATION_AWARE_FROM)
                : Long.MAX_VALUE,
            ObjectiveSettings.adaptive(settings, TEMPERATURE.from(settings)),
            AveragingSettings.from(settings)),
        settings.get(MAX_ROLLBACKS),
        settings.get(RATE_CUT_FACTOR),
        settings.get(RATE_CUT_RECORDS),
        DriftSettings.from(settings),
        PruningSettings.from(settings),
        AveragingSettings.scoredEvery(settings),
        ReplaySettings.from(settings),
        HeldOutSettings.from(settings));
  }
}
