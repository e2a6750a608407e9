package io.distillstream.lag;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * What brokers say of groups and of the partitions that they read.
 *
 * @param groups by id, those among them that do not exist but whose inputs were asked for
 * @param inputs what was asked for, by group
 * @param spans by partition; those that brokers do not answer for are left out
 */
record Survey(
    Map<String, GroupSnapshot> groups,
    Map<String, Set<String>> inputs,
    Map<TopicPartition, Span> spans) {

  /**
   * Where a partition begins, and where a reader of committed records and one of all records end.
   */
  record Span(Uuid topicId, long earliest, long latest, long highWatermark) {}

  /** A partition that a group reads. Topics that are created anew are other ones. */
  record Reading(String group, TopicPartition partition, Uuid topicId) {}

  /** Asks for committed offsets first and for ends last. */
  static Survey take(GroupSelection selection, GroupReader groupReader, OffsetReader offsetReader) {
    Map<String, GroupSnapshot> groups = new HashMap<>(groupReader.read(selection::includes));
    Map<String, Set<String>> inputs = selection.inputs(Set.copyOf(groups.keySet()));
    inputs.forEach(
        (id, topics) ->
            groups.merge(
                id,
                GroupSnapshot.absent(id).withInputs(topics),
                (existing, absent) -> existing.withInputs(topics)));
    Set<String> names = topics(groups.values());
    names.addAll(selection.topics());
    Map<String, TopicDescription> topics = offsetReader.topics(names);
    Map<TopicPartition, Long> earliest = offsetReader.earliest(partitions(topics.values()));
    groups.putAll(groupReader.withCommitted(overtaken(groups, earliest)));
    Map<TopicPartition, Long> latest = offsetReader.latest(earliest.keySet());
    Map<TopicPartition, Long> highWatermarks = offsetReader.highWatermarks(latest.keySet());
    Map<TopicPartition, Span> spans = new HashMap<>();
    latest.forEach(
        (partition, stable) -> {
          TopicDescription topic = topics.get(partition.topic());
          Long first = earliest.get(partition);
          if (topic != null && first != null) {
            long highWatermark = highWatermarks.getOrDefault(partition, stable);
            spans.put(partition, new Span(topic.topicId(), first, stable, highWatermark));
          }
        });
    return new Survey(Map.copyOf(groups), Map.copyOf(inputs), Map.copyOf(spans));
  }

  private static Set<String> topics(Collection<GroupSnapshot> groups) {
    Set<String> names = new HashSet<>();
    for (GroupSnapshot group : groups) {
      names.addAll(group.topics());
      group.committed().keySet().forEach(partition -> names.add(partition.topic()));
    }
    return names;
  }

  private static List<TopicPartition> partitions(Collection<TopicDescription> topics) {
    return topics.stream()
        .flatMap(
            topic ->
                topic.partitions().stream()
                    .map(info -> new TopicPartition(topic.name(), info.partition())))
        .toList();
  }

  /**
   * Groups that were before the beginning of a partition when they were asked. What they had read,
   * and committed, while the beginning was asked for is not lost: they are asked again.
   */
  private static Map<String, GroupSnapshot> overtaken(
      Map<String, GroupSnapshot> groups, Map<TopicPartition, Long> earliest) {
    Map<String, GroupSnapshot> overtaken = new HashMap<>(groups);
    overtaken
        .values()
        .removeIf(
            group ->
                group.committed().entrySet().stream()
                    .allMatch(next -> earliest.getOrDefault(next.getKey(), 0L) <= next.getValue()));
    return overtaken;
  }

  /** The partitions that a group reads. */
  List<Reading> readings(GroupSnapshot group) {
    Stream<TopicPartition> whole =
        spans.keySet().stream().filter(partition -> group.topics().contains(partition.topic()));
    return Stream.concat(whole, group.committed().keySet().stream().filter(spans::containsKey))
        .distinct()
        .map(partition -> new Reading(group.group(), partition, span(partition).topicId()))
        .toList();
  }

  /** Of a partition among the {@link #readings}. */
  Span span(TopicPartition partition) {
    Span span = spans.get(partition);
    if (span == null) {
      throw new IllegalArgumentException("Nothing is known of " + partition);
    }
    return span;
  }
}
