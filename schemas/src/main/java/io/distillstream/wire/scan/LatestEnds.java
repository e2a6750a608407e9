package io.distillstream.wire.scan;

import static java.util.Objects.requireNonNull;

import io.distillstream.wire.AdminAnswers;
import io.distillstream.wire.ClusterConnection;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Stretches up to the last record written, of open transactions too, where a scan's own end at the
 * first open one. A scan of them waits until these transactions have ended, so that it misses
 * nothing that was committed behind one of another producer.
 */
public final class LatestEnds {

  private LatestEnds() {}

  /**
   * The same stretches with later ends.
   *
   * @throws KafkaException if the cluster refuses or does not answer
   */
  public static List<Stretch> of(ClusterConnection cluster, Collection<Stretch> stretches) {
    Map<TopicPartition, OffsetSpec> latest =
        stretches.stream()
            .collect(Collectors.toMap(Stretch::partition, stretch -> OffsetSpec.latest()));
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      Map<TopicPartition, ListOffsetsResultInfo> ends =
          AdminAnswers.await(
              admin
                  .listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                  .all(),
              "The ends of " + latest.keySet() + " are not known");
      return stretches.stream()
          .map(
              stretch ->
                  new Stretch(
                      stretch.partition(),
                      stretch.from(),
                      requireNonNull(ends.get(stretch.partition())).offset()))
          .toList();
    }
  }
}
