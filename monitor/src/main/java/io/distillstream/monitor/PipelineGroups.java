package io.distillstream.monitor;

import io.distillstream.lag.GroupSelection;
import io.distillstream.lag.Lag;
import io.distillstream.lag.LagSample;
import io.distillstream.monitor.view.WatchedStage;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The consumer groups of a pipeline, and others that are watched beside them. */
final class PipelineGroups implements GroupSelection {

  private final Pipeline pipeline;
  private final String model;
  private final Pattern others;

  /**
   * @param others which groups beside the pipeline's own; matches the whole name
   */
  PipelineGroups(Pipeline pipeline, String model, Pattern others) {
    this.pipeline = pipeline;
    this.model = model;
    this.others = others;
  }

  @Override
  public boolean includes(String group) {
    return group.startsWith(pipeline.name() + ".") || others.matcher(group).matches();
  }

  @Override
  public Map<String, Set<String>> inputs(Collection<String> existing) {
    Map<String, Set<String>> inputs = new HashMap<>();
    for (WatchedStage stage : WatchedStage.values()) {
      Set<String> topics =
          stage.inputs().stream().map(topic -> topic.in(pipeline)).collect(Collectors.toSet());
      stage.groups(pipeline, model, existing).forEach(group -> inputs.put(group, topics));
    }
    return inputs;
  }

  /** All of the pipeline's: devices and caches read some of them in no group. */
  @Override
  public Set<String> topics() {
    return Topics.all().stream().map(topic -> topic.in(pipeline)).collect(Collectors.toSet());
  }

  /** The lag of every stage that has groups; of several groups the one that is farthest behind. */
  Map<WatchedStage, Lag> stages(LagSample sample) {
    Map<WatchedStage, Lag> lags = new EnumMap<>(WatchedStage.class);
    for (WatchedStage stage : WatchedStage.values()) {
      Optional<Lag> farthest =
          stage.groups(pipeline, model, sample.expected().keySet()).stream()
              .map(sample.expected()::get)
              .filter(Objects::nonNull)
              .max(Comparator.comparingLong(Lag::records));
      farthest.ifPresent(lag -> lags.put(stage, lag));
    }
    return lags;
  }
}
