package io.distillstream.local.labels.stats;

import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.wire.AdminAnswers;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.scan.TopicScan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;

/** What topics take on the brokers' disks, compressed, one replica of each partition. */
public final class TopicSizes {

  private static final List<Topic<?>> SHOWN =
      List.of(
          Topics.REQUESTS,
          Topics.SOFT_LABELS,
          Topics.RELABELS,
          Topics.GROUND_TRUTH,
          Topics.TRAINING_EXAMPLES,
          Topics.COMPLETIONS);

  private TopicSizes() {}

  /** A line for each topic that holds something. */
  public static List<String> lines(ClusterSettings cluster) {
    List<String> lines = new ArrayList<>();
    try (Admin admin = Admin.create(cluster.connection().adminProperties());
        TopicScan scan = new TopicScan(cluster.connection())) {
      Map<TopicPartition, Long> sizes = sizes(admin);
      for (Topic<?> topic : SHOWN) {
        String name = topic.in(cluster.pipeline());
        long offsets =
            scan.whole(name).stream().mapToLong(stretch -> stretch.to() - stretch.from()).sum();
        long bytes =
            sizes.entrySet().stream()
                .filter(size -> size.getKey().topic().equals(name))
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (offsets > 0) {
          lines.add(
              String.format(
                  Locale.ROOT,
                  "  %-38s %,12.1f  × %,d",
                  topic.suffix(),
                  (double) bytes / offsets,
                  offsets));
        }
      }
    } catch (ApiException e) {
      lines.add("  not known: " + e.getMessage());
    }
    return lines;
  }

  private static Map<TopicPartition, Long> sizes(Admin admin) {
    String failure = "The sizes of topics are not known";
    List<Integer> brokers =
        AdminAnswers.await(admin.describeCluster().nodes(), failure).stream()
            .map(Node::id)
            .toList();
    Map<TopicPartition, Long> sizes = new HashMap<>();
    AdminAnswers.await(admin.describeLogDirs(brokers).allDescriptions(), failure).values().stream()
        .flatMap(folders -> folders.values().stream())
        .forEach(
            folder ->
                folder
                    .replicaInfos()
                    .forEach(
                        (partition, replica) -> sizes.merge(partition, replica.size(), Long::max)));
    return sizes;
  }
}
