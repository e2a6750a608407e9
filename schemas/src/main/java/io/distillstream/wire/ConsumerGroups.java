package io.distillstream.wire;

/** The consumer group of each stage: what its lag is measured by. */
public final class ConsumerGroups {

  private ConsumerGroups() {}

  public static String teacher(Pipeline pipeline) {
    return pipeline.name() + ".teacher";
  }

  /**
   * Each group of teachers labels all requests.
   *
   * @param group empty for the first
   */
  public static String teacher(Pipeline pipeline, String group) {
    return group.isEmpty() ? teacher(pipeline) : teachers(pipeline) + group;
  }

  /** What the groups of further teachers begin with. */
  public static String teachers(Pipeline pipeline) {
    return teacher(pipeline) + ".";
  }

  /** Also the joiner's Streams application id. */
  public static String joiner(Pipeline pipeline) {
    return pipeline.name() + ".joiner";
  }

  public static String trainer(Pipeline pipeline, String model) {
    return pipeline.name() + ".trainer." + model;
  }

  /** Each channel is published on its own, so each has its own group. */
  public static String quantizer(Pipeline pipeline, String model, String channel) {
    return quantizers(pipeline, model) + channel;
  }

  /** What the groups of all channels of a model begin with. */
  public static String quantizers(Pipeline pipeline, String model) {
    return quantizers(pipeline) + model + ".";
  }

  /** What the groups of all models' channels begin with. */
  public static String quantizers(Pipeline pipeline) {
    return pipeline.name() + ".quantizer.";
  }
}
