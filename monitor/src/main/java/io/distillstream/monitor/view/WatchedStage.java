package io.distillstream.monitor.view;

import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The stages of a pipeline, in the order of the data. */
public enum WatchedStage {
  TEACHER("records_labelled"),
  JOINER("examples_joined"),
  TRAINER("records_trained"),
  QUANTIZER("artifacts_published"),
  /** In no consumer group; there is none where updates are not signed. */
  SIGNER("repositories_signed"),
  /** In no consumer group: each device reads everything, and lags by being on an older version. */
  DEVICE("answers_served");

  private final String output;

  WatchedStage(String output) {
    this.output = output;
  }

  static Optional<WatchedStage> of(String label) {
    return Arrays.stream(values()).filter(stage -> stage.label().equals(label)).findFirst();
  }

  /** The name in reports and on the page. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The counter whose growth is the stage's rate. */
  String output() {
    return output;
  }

  /**
   * Counters of which a rate is told, and over how long it is taken: records come all the time,
   * checkpoints and artifacts once in a while.
   */
  Map<String, Duration> rated() {
    Duration often = Duration.ofSeconds(10);
    Duration seldom = Duration.ofMinutes(5);
    return switch (this) {
      case TEACHER -> Map.of(output, often, "records_received", often);
      case TRAINER -> Map.of(output, often, "checkpoints", seldom);
      case JOINER, DEVICE -> Map.of(output, often);
      case QUANTIZER, SIGNER -> Map.of(output, seldom);
    };
  }

  /** Whether a pipeline works without it, so that nobody waits for its first report. */
  boolean optional() {
    return this == SIGNER;
  }

  /** What its consumer group reads. */
  public List<Topic<?>> inputs() {
    return switch (this) {
      case TEACHER -> List.of(Topics.REQUESTS);
      case JOINER -> List.of(Topics.SOFT_LABELS, Topics.GROUND_TRUTH);
      case TRAINER -> List.of(Topics.TRAINING_EXAMPLES);
      case QUANTIZER -> List.of(Topics.CHECKPOINTS);
      case SIGNER, DEVICE -> List.of();
    };
  }

  /**
   * Its consumer groups: one, but of a quantizer one per channel, of which those count that exist.
   * While none does, what their names begin with stands for them.
   *
   * @param existing names of all groups that the brokers know
   */
  public List<String> groups(Pipeline pipeline, String model, Collection<String> existing) {
    return switch (this) {
      case TEACHER -> List.of(ConsumerGroups.teacher(pipeline));
      case JOINER -> List.of(ConsumerGroups.joiner(pipeline));
      case TRAINER -> List.of(ConsumerGroups.trainer(pipeline, model));
      case QUANTIZER -> {
        String prefix = ConsumerGroups.quantizers(pipeline, model);
        List<String> channels =
            existing.stream().filter(group -> group.startsWith(prefix)).sorted().toList();
        yield channels.isEmpty() ? List.of(prefix) : channels;
      }
      case SIGNER, DEVICE -> List.of();
    };
  }
}
