package io.distillstream.lag;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.distillstream.lag.GroupLag.Partition;
import io.distillstream.lag.GroupLag.Topic;
import io.distillstream.lag.Survey.Reading;
import io.distillstream.lag.Survey.Span;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * What was found out in one measurement, to be told by partition and by group.
 *
 * @param lags of every group on every partition that it reads
 * @param heldBack for how long; partitions on which nothing is open are left out
 */
record Figures(Survey survey, Map<Reading, Lag> lags, Map<TopicPartition, Duration> heldBack) {

  List<PartitionOffsets> offsets() {
    return survey.spans().entrySet().stream()
        .map(
            span ->
                new PartitionOffsets(
                    span.getKey().topic(),
                    span.getKey().partition(),
                    span.getValue().earliest(),
                    span.getValue().latest(),
                    heldBackSeconds(span.getKey())))
        .sorted(
            Comparator.comparing(PartitionOffsets::topic)
                .thenComparingInt(PartitionOffsets::partition))
        .toList();
  }

  List<GroupLag> groups() {
    return survey.groups().values().stream()
        .filter(GroupSnapshot::exists)
        .sorted(Comparator.comparing(GroupSnapshot::group))
        .map(this::group)
        .toList();
  }

  private GroupLag group(GroupSnapshot group) {
    List<Topic> topics =
        survey.readings(group).stream()
            .collect(groupingBy(reading -> reading.partition().topic(), TreeMap::new, toList()))
            .entrySet()
            .stream()
            .map(
                topic ->
                    new Topic(
                        topic.getKey(),
                        topic.getValue().stream()
                            .map(reading -> partition(reading, group))
                            .sorted(Comparator.comparingInt(Partition::partition))
                            .toList()))
            .toList();
    return new GroupLag(
        group.group(),
        group.protocol(),
        group.state(),
        group.members(),
        Lag.sum(topics.stream().map(Topic::lag).toList()),
        topics);
  }

  private Partition partition(Reading reading, GroupSnapshot group) {
    Span span = survey.span(reading.partition());
    return new Partition(
        reading.partition().partition(),
        span.earliest(),
        span.latest(),
        heldBackSeconds(reading.partition()),
        group.committed().get(reading.partition()),
        requireNonNull(lags.get(reading)),
        group.readers().get(reading.partition()));
  }

  private double heldBackSeconds(TopicPartition partition) {
    return heldBack.getOrDefault(partition, Duration.ZERO).toMillis() / 1_000.0;
  }

  /** Of the groups whose inputs were asked for. */
  Map<String, Lag> expected() {
    Map<String, Lag> expected = new HashMap<>();
    survey
        .inputs()
        .forEach(
            (group, topics) ->
                expected.put(
                    group,
                    Lag.sum(
                        lags.entrySet().stream()
                            .filter(lag -> lag.getKey().group().equals(group))
                            .filter(lag -> topics.contains(lag.getKey().partition().topic()))
                            .map(Map.Entry::getValue)
                            .toList())));
    return expected;
  }
}
