package io.distillstream.wire;

import static io.distillstream.wire.Topic.Cleanup.BY_WRITER;
import static io.distillstream.wire.Topic.Cleanup.COMPACT;
import static io.distillstream.wire.Topic.Cleanup.DELETE;

import io.distillstream.avro.BlobChunk;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.Completion;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.HeldOutExample;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.StageReport;
import io.distillstream.avro.TrainingEvent;
import io.distillstream.avro.TrainingExample;
import io.distillstream.avro.TrustFile;
import io.distillstream.wire.check.BlobChecks;
import io.distillstream.wire.check.CheckpointCheck;
import io.distillstream.wire.check.CompletionChecks;
import io.distillstream.wire.check.ExampleChecks;
import io.distillstream.wire.check.ModelUpdateCheck;
import io.distillstream.wire.check.ReportChecks;
import io.distillstream.wire.check.RequestChecks;
import io.distillstream.wire.check.TrustChecks;
import java.time.Duration;
import java.util.List;

/** Every topic of a pipeline, in the order of the data. */
public final class Topics {

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final long GIB = 1L << 30;

  public static final Topic<InferenceRequest> REQUESTS =
      new Topic<>("requests", InferenceRequest.class, RequestChecks::request, 4, DELETE, WEEK, -1);

  /** The durable training log: kept long. Partitioned as ground truth, with which it is joined. */
  public static final Topic<SoftLabel> SOFT_LABELS =
      new Topic<>(
          "soft-labels",
          SoftLabel.class,
          ExampleChecks::softLabel,
          4,
          DELETE,
          Duration.ofDays(90),
          -1);

  /**
   * What teachers said of requests that have a label already: to be compared and exported. No stage
   * reads it, so that a request is trained once however often it is labelled.
   */
  public static final Topic<SoftLabel> RELABELS =
      new Topic<>(
          "relabels",
          SoftLabel.class,
          ExampleChecks::softLabel,
          4,
          DELETE,
          Duration.ofDays(90),
          -1);

  /** What language models answered behind the tap. */
  public static final Topic<Completion> COMPLETIONS =
      new Topic<>(
          "completions",
          Completion.class,
          CompletionChecks::completion,
          4,
          DELETE,
          Duration.ofDays(90),
          -1);

  public static final Topic<GroundTruth> GROUND_TRUTH =
      new Topic<>(
          "ground-truth",
          GroundTruth.class,
          RequestChecks::truth,
          4,
          DELETE,
          Duration.ofDays(90),
          -1);

  public static final Topic<TrainingExample> TRAINING_EXAMPLES =
      new Topic<>(
          "training-examples",
          TrainingExample.class,
          ExampleChecks::trainingExample,
          4,
          DELETE,
          Duration.ofDays(30),
          -1);

  /** The living test set: what a student is judged by, and never learns from. */
  public static final Topic<HeldOutExample> HELD_OUT =
      new Topic<>(
          "held-out",
          HeldOutExample.class,
          ExampleChecks::heldOut,
          1,
          DELETE,
          Duration.ofDays(30),
          GIB / 4);

  /** A pipeline may rest longer than any age and must find its student again: so no age counts. */
  public static final Topic<Checkpoint> CHECKPOINTS =
      new Topic<>(
          "checkpoints", Checkpoint.class, CheckpointCheck::check, 1, BY_WRITER, Duration.ZERO, -1);

  /** Kept as long as a manifest that is wanted names them. */
  public static final Topic<BlobChunk> CHECKPOINT_BLOBS =
      new Topic<>(
          "checkpoint-blobs", BlobChunk.class, BlobChecks::chunk, 1, BY_WRITER, Duration.ZERO, -1);

  public static final Topic<TrainingEvent> TRAINING_EVENTS =
      new Topic<>(
          "training-events",
          TrainingEvent.class,
          ReportChecks::event,
          1,
          DELETE,
          Duration.ofDays(90),
          -1);

  public static final Topic<ModelUpdate> MODEL_UPDATES =
      new Topic<>(
          "model-updates", ModelUpdate.class, ModelUpdateCheck::check, 1, COMPACT, WEEK, -1);

  /** Kept as long as an update that devices may want names them. */
  public static final Topic<BlobChunk> MODEL_BLOBS =
      new Topic<>(
          "model-blobs", BlobChunk.class, BlobChecks::chunk, 1, BY_WRITER, Duration.ZERO, -1);

  /** The TUF repository that vouches for the updates: roots, and the newest file of every role. */
  public static final Topic<TrustFile> TRUST =
      new Topic<>("trust", TrustFile.class, TrustChecks::file, 1, COMPACT, WEEK, -1);

  public static final Topic<DeviceReport> DEVICE_REPORTS =
      new Topic<>("device-reports", DeviceReport.class, ReportChecks::device, 1, DELETE, WEEK, -1);

  /** Beyond the data itself: what running stages say of themselves, for monitors. */
  public static final Topic<StageReport> STAGE_REPORTS =
      new Topic<>("stage-reports", StageReport.class, ReportChecks::stage, 1, DELETE, DAY, GIB / 4);

  private Topics() {}

  public static List<Topic<?>> all() {
    return List.of(
        REQUESTS,
        SOFT_LABELS,
        RELABELS,
        COMPLETIONS,
        GROUND_TRUTH,
        TRAINING_EXAMPLES,
        HELD_OUT,
        CHECKPOINTS,
        CHECKPOINT_BLOBS,
        TRAINING_EVENTS,
        MODEL_UPDATES,
        MODEL_BLOBS,
        TRUST,
        DEVICE_REPORTS,
        STAGE_REPORTS);
  }
}
