package io.distillstream.lag;

import io.distillstream.lag.GroupLag.Member;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * A group as the brokers have it.
 *
 * @param subscribed whether it reads whole topics; otherwise its offsets speak for their partitions
 *     alone
 * @param readers who reads which partition at present
 * @param committed next offsets to read
 * @param topics those of which it reads, or will read, all partitions
 */
record GroupSnapshot(
    String group,
    String protocol,
    String state,
    int members,
    boolean subscribed,
    Map<TopicPartition, Member> readers,
    Map<TopicPartition, Long> committed,
    Set<String> topics) {

  /** A group that does not exist. */
  static GroupSnapshot absent(String group) {
    return new GroupSnapshot(group, "", "", 0, false, Map.of(), Map.of(), Set.of());
  }

  boolean exists() {
    return !protocol.isEmpty();
  }

  GroupSnapshot withCommitted(Map<TopicPartition, Long> newer) {
    Set<String> all = new HashSet<>(topics);
    if (subscribed) {
      newer.keySet().forEach(partition -> all.add(partition.topic()));
    }
    return new GroupSnapshot(
        group, protocol, state, members, subscribed, readers, newer, Set.copyOf(all));
  }

  GroupSnapshot withInputs(Set<String> inputs) {
    Set<String> all = new HashSet<>(topics);
    all.addAll(inputs);
    return new GroupSnapshot(
        group, protocol, state, members, subscribed, readers, committed, Set.copyOf(all));
  }
}
