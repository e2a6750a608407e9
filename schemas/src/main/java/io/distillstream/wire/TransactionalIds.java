package io.distillstream.wire;

/**
 * The transactional id of each stage: stable over restarts, so that a process that starts again
 * ends what the one before it left open.
 */
public final class TransactionalIds {

  private TransactionalIds() {}

  /** One of each group and instance. */
  public static String teacher(Pipeline pipeline, String group, String instance) {
    return ConsumerGroups.teacher(pipeline, group) + "." + instance;
  }

  /** What the ids of all teachers begin with. */
  public static String teachers(Pipeline pipeline) {
    return ConsumerGroups.teachers(pipeline);
  }

  /** What Kafka Streams makes the joiner's ids begin with, and the names of its own topics. */
  public static String joiners(Pipeline pipeline) {
    return ConsumerGroups.joiner(pipeline) + "-";
  }

  /** One trains a model, so the id is the model's: a second trainer fences the first. */
  public static String trainer(Pipeline pipeline, String model) {
    return ConsumerGroups.trainer(pipeline, model);
  }

  /** One of each channel and instance. */
  public static String quantizer(Pipeline pipeline, String model, String channel, String instance) {
    return quantizers(pipeline, model) + channel + "." + instance;
  }

  /** What the ids of all quantizers of a model begin with. */
  public static String quantizers(Pipeline pipeline, String model) {
    return ConsumerGroups.quantizers(pipeline, model);
  }

  /** One import at a time: a second one fences the first. */
  public static String labelImport(Pipeline pipeline) {
    return labels(pipeline) + "import";
  }

  /** One of each teacher's version at a time. */
  public static String relabelling(Pipeline pipeline, String teacherId, String teacherVersion) {
    return labels(pipeline) + "relabel." + teacherId + "." + teacherVersion;
  }

  /** What the ids of all who work on logged labels begin with. */
  public static String labels(Pipeline pipeline) {
    return pipeline.name() + ".labels.";
  }

  public static String signer(Pipeline pipeline) {
    return pipeline.name() + ".signer";
  }
}
