package io.distillstream.monitor.view;

import io.distillstream.lag.GroupLag;
import io.distillstream.monitor.freshness.Freshness;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline at one moment: the body of {@code GET /api/status}, in snake case. What is not known
 * yet is null. Times are ISO 8601 in UTC, durations seconds.
 *
 * @param pipeline its name
 * @param model whose training and updates are shown
 * @param at when this was taken
 * @param connected whether the monitor could read the topics just now
 * @param stages always the same five, in the order of the data, and the signer once it was seen
 * @param groups lag of the consumer groups that are watched, by group, topic and partition
 * @param training how the student is doing
 * @param versions published updates, newest first, at most 20
 * @param refused candidates that were not published, newest first, at most 20
 * @param events what happened to the student, newest first, at most 20
 * @param eventCounts events still on the topic when the monitor started, and all since, by kind
 * @param freshness age of the training records when a device began to answer with them
 * @param devices what runs where
 * @param deadLetters records that a stage could not use
 */
public record Status(
    String pipeline,
    String model,
    String at,
    boolean connected,
    List<StageStatus> stages,
    List<GroupLag> groups,
    Training training,
    List<Version> versions,
    List<Refusal> refused,
    List<Event> events,
    Map<String, Long> eventCounts,
    Freshness freshness,
    Devices devices,
    DeadLetterStatus deadLetters) {

  /**
   * One stage, all its instances together.
   *
   * @param state {@code awaited} before its first report, {@code running}, {@code stopped} where it
   *     said that it was closed or gave up, or {@code silent} when none was heard for 5 s
   * @param lag committed records that it has still to read; of devices: how many are not on the
   *     newest version
   * @param lagSeconds age of the oldest of these records; null for devices
   * @param lagExact whether these records were counted; otherwise their number is an upper bound
   * @param lost records of its input that were deleted before it had read them
   * @param ratePerSecond growth of its main counter over the last 10 s, of quantizer and signer 5
   *     min; null unless it runs
   * @param rates the same by counter, of those that tell what a topic carries; checkpoints over 5
   *     min
   * @param total its main counter, since the instances started
   * @param lastReportAt when the last report was heard, by the monitor's clock
   * @param counters all counters, summed over the instances
   * @param gauges of the instance that reported last
   * @param notes of the instance that reported last
   */
  public record StageStatus(
      String name,
      String state,
      int instances,
      @Nullable Long lag,
      @Nullable Double lagSeconds,
      @Nullable Boolean lagExact,
      @Nullable Long lost,
      @Nullable Double ratePerSecond,
      Map<String, Double> rates,
      @Nullable Long total,
      @Nullable String lastReportAt,
      Map<String, Long> counters,
      Map<String, Double> gauges,
      Map<String, String> notes) {}

  /**
   * What the trainer says now, or else its newest checkpoint.
   *
   * @param version of the newest checkpoint
   * @param recordsTrained up to that checkpoint, since the fresh start
   * @param replayedTrained remembered examples that steps were mixed with up to it, each time
   *     counted anew; not among the records trained
   * @param heldOutRecords requests held out up to it, which are never learned
   * @param heldOut how good the student of that checkpoint is; null where nothing is held out, or
   *     too little was met
   * @param agreement share of records whose most probable class was the teacher's before the
   *     student learned them, with the newest weights
   * @param kl mean KL(teacher || student) at temperature 1, nats, likewise
   * @param averagedAgreement the same as {@code agreement} with the averaged weights, which are
   *     what is published; null where the newest ones are, and where too few records were scored
   *     with both to tell
   * @param averagedKl the same as {@code kl}, likewise
   */
  public record Training(
      @Nullable Long version,
      @Nullable Long recordsTrained,
      @Nullable Long replayedTrained,
      @Nullable Long heldOutRecords,
      @Nullable String checkpointAt,
      @Nullable HeldOut heldOut,
      @Nullable Double agreement,
      @Nullable Double kl,
      @Nullable Double averagedAgreement,
      @Nullable Double averagedKl,
      @Nullable Double loss,
      @Nullable Double temperature,
      @Nullable Double alpha,
      @Nullable Double learningRate) {}

  /**
   * Scores on the held-out memory: recent requests that the student never learns from. They tell
   * how good the student is, where prequential figures tell how the stream goes.
   *
   * @param published of the weights that devices get
   * @param newest of the newest weights, on a part of the same records; null where devices get
   *     those
   * @param labels scores of the published weights by the teacher's label; empty where there are
   *     more than 1,000 labels
   */
  public record HeldOut(
      HeldOutScore published, @Nullable HeldOutScore newest, Map<String, HeldOutScore> labels) {}

  /**
   * A student's score.
   *
   * @param records scored
   * @param agreement share of records whose most probable class is the teacher's
   * @param kl mean KL(teacher || student) at temperature 1, nats
   * @param accuracy against ground truth; null where none is known
   * @param ece expected calibration error against ground truth, 15 bins; null where none is known
   * @param teacherEce the same against the teacher's answer
   */
  public record HeldOutScore(
      int records,
      double agreement,
      double kl,
      @Nullable Double accuracy,
      @Nullable Double ece,
      @Nullable Double teacherEce) {}

  /**
   * A published update.
   *
   * @param signed whether its channel's role vouches for it
   * @param gateSamples recent live inputs on which the artifact was compared with its fp32 model
   * @param agreementWithFp32 share of these with the same most probable class
   * @param maxAbsDifference of the logits on these
   * @param agreement of the student with its teacher, prequential, at that checkpoint, with the
   *     newest weights
   * @param averagedAgreement the same with the averaged weights, which are what was published; null
   *     where the newest ones were, and where too few records were scored with both to tell
   * @param heldOutAgreement on the held-out memory, with what was published, at that checkpoint;
   *     null where nothing was held out, or too little was met
   * @param incumbent how it compared with what devices of its channel ran before; null for the
   *     first of a channel, and where too few requests were held out
   * @param devices how many run it
   */
  public record Version(
      long version,
      String channel,
      String precision,
      boolean signed,
      long recordsTrained,
      long artifactBytes,
      long fp32Bytes,
      int gateSamples,
      double agreementWithFp32,
      double maxAbsDifference,
      double agreement,
      @Nullable Double averagedAgreement,
      @Nullable Double heldOutAgreement,
      @Nullable Comparison incumbent,
      double latencyRatio,
      String publishedAt,
      long devices) {}

  /**
   * A candidate that was not published on a channel, being worse than what devices run there, or
   * not shown to be as good.
   *
   * @param recordsTrained up to the candidate's checkpoint, since the fresh start
   * @param incumbent what it was compared with, and how
   * @param reason as the quantizer gave it
   */
  public record Refusal(
      long version,
      String channel,
      long recordsTrained,
      Comparison incumbent,
      String reason,
      String at) {}

  /**
   * Something that happened to the student.
   *
   * @param kind {@code drift}, {@code rollback}, {@code stopped}, {@code pruned}, {@code refused}
   *     or {@code other}, which this monitor does not know
   * @param version of the newest checkpoint handed over when it happened, 0 before the first; of
   *     the candidate that was refused
   * @param records learned when it happened; by the candidate that was refused
   * @param channel where a candidate was refused; null for what concerns training
   * @param message for people
   * @param details figures by name
   */
  public record Event(
      String at,
      String kind,
      long version,
      long records,
      @Nullable String channel,
      String message,
      Map<String, Double> details) {}

  /**
   * The devices that follow the model.
   *
   * @param known devices that ever reported
   * @param current how many of them run the newest version of their channel
   * @param latest those that reported last, at most 20
   */
  public record Devices(int known, int current, List<Device> latest) {}

  /**
   * One device, as it reported last.
   *
   * @param version it runs; null before its first installation
   * @param rejectedVersion it refused last, if that is newer than what it runs
   * @param reason why
   */
  public record Device(
      String id,
      String channel,
      @Nullable Long version,
      String reportedAt,
      long answersServed,
      @Nullable Long rejectedVersion,
      @Nullable String reason) {}

  /**
   * Records that no stage could use.
   *
   * @param count those still on the topic when the monitor started, and all since
   * @param latest the newest first, at most 5
   */
  public record DeadLetterStatus(long count, List<DeadLetter> latest) {}

  /** Where it came from and why. */
  public record DeadLetter(String at, String topic, String error) {}
}
