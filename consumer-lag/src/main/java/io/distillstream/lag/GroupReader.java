package io.distillstream.lag;

import io.distillstream.lag.GroupLag.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupMemberAssignment;
import org.apache.kafka.clients.admin.StreamsGroupMemberDescription;
import org.apache.kafka.clients.admin.StreamsGroupSubtopologyDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Asks brokers for groups: who is in them, and what they have committed. Borrows the client. */
final class GroupReader {

  /** Groups whose classic protocol is another one, such as those of Kafka Connect, read nothing. */
  private static final Set<String> READING = Set.of("consumer", "");

  private final Admin admin;

  GroupReader(Admin admin) {
    this.admin = admin;
  }

  /** The groups of this selection that read topics, with what they have committed, by id. */
  Map<String, GroupSnapshot> read(Predicate<String> included) {
    Map<GroupType, List<GroupListing>> listed =
        Answers.await(admin.listGroups().valid()).stream()
            .filter(group -> included.test(group.groupId()) && reads(group))
            .collect(Collectors.groupingBy(group -> group.type().orElse(GroupType.CLASSIC)));
    List<String> streams = ids(listed.getOrDefault(GroupType.STREAMS, List.of()));
    List<String> consumers =
        new ArrayList<>(ids(listed.getOrDefault(GroupType.CLASSIC, List.of())));
    consumers.addAll(ids(listed.getOrDefault(GroupType.CONSUMER, List.of())));

    Map<String, GroupSnapshot> groups = new HashMap<>();
    if (!consumers.isEmpty()) {
      Answers.present(admin.describeConsumerGroups(consumers).describedGroups())
          .forEach((id, described) -> groups.put(id, of(described)));
    }
    if (!streams.isEmpty()) {
      Answers.present(admin.describeStreamsGroups(streams).describedGroups())
          .forEach((id, described) -> groups.put(id, of(described)));
    }
    return withCommitted(groups);
  }

  /** The same groups with what they have committed by now; those that are gone are left out. */
  Map<String, GroupSnapshot> withCommitted(Map<String, GroupSnapshot> groups) {
    if (groups.isEmpty()) {
      return Map.of();
    }
    Map<String, ListConsumerGroupOffsetsSpec> all = new HashMap<>();
    groups.keySet().forEach(id -> all.put(id, new ListConsumerGroupOffsetsSpec()));
    ListConsumerGroupOffsetsResult result = admin.listConsumerGroupOffsets(all);
    Map<String, KafkaFuture<Map<TopicPartition, OffsetAndMetadata>>> futures = new HashMap<>();
    groups.keySet().forEach(id -> futures.put(id, result.partitionsToOffsetAndMetadata(id)));
    Map<String, GroupSnapshot> committed = new HashMap<>();
    Answers.present(futures)
        .forEach(
            (id, offsets) -> {
              GroupSnapshot group = groups.get(id);
              if (group != null) {
                committed.put(id, group.withCommitted(next(offsets)));
              }
            });
    return committed;
  }

  private static Map<TopicPartition, Long> next(Map<TopicPartition, OffsetAndMetadata> offsets) {
    Map<TopicPartition, Long> next = new HashMap<>();
    offsets.forEach(
        (partition, offset) -> {
          if (offset != null) {
            next.put(partition, offset.offset());
          }
        });
    return next;
  }

  private static boolean reads(GroupListing group) {
    return switch (group.type().orElse(GroupType.CLASSIC)) {
      case CLASSIC -> READING.contains(group.protocol());
      case CONSUMER, STREAMS -> true;
      case SHARE, UNKNOWN -> false;
    };
  }

  private static List<String> ids(Collection<GroupListing> groups) {
    return groups.stream().map(GroupListing::groupId).toList();
  }

  private static GroupSnapshot of(ConsumerGroupDescription group) {
    Map<TopicPartition, Member> readers = new HashMap<>();
    for (MemberDescription one : group.members()) {
      Member member = new Member(one.consumerId(), one.clientId(), one.host());
      one.assignment().topicPartitions().forEach(partition -> readers.put(partition, member));
    }
    return new GroupSnapshot(
        group.groupId(),
        protocol(group.type()),
        group.groupState().toString(),
        group.members().size(),
        !group.isSimpleConsumerGroup(),
        readers,
        Map.of(),
        readers.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet()));
  }

  private static GroupSnapshot of(StreamsGroupDescription group) {
    Map<String, Set<String>> topics = new HashMap<>();
    for (StreamsGroupSubtopologyDescription part : group.subtopologies()) {
      Set<String> sources = new HashSet<>(part.sourceTopics());
      sources.addAll(part.repartitionSourceTopics().keySet());
      topics.put(part.subtopologyId(), sources);
    }
    Map<TopicPartition, Member> readers = new HashMap<>();
    for (StreamsGroupMemberDescription one : group.members()) {
      Member member = new Member(one.memberId(), one.clientId(), one.clientHost());
      for (StreamsGroupMemberAssignment.TaskIds task : one.assignment().activeTasks()) {
        for (String topic : topics.getOrDefault(task.subtopologyId(), Set.of())) {
          task.partitions()
              .forEach(number -> readers.put(new TopicPartition(topic, number), member));
        }
      }
    }
    return new GroupSnapshot(
        group.groupId(),
        protocol(GroupType.STREAMS),
        group.groupState().toString(),
        group.members().size(),
        true,
        readers,
        Map.of(),
        topics.values().stream().flatMap(Set::stream).collect(Collectors.toSet()));
  }

  private static String protocol(GroupType type) {
    return type.toString().toLowerCase(Locale.ROOT);
  }
}
