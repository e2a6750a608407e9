package io.distillstream.local.checkpoints;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.OffsetRange;
import io.distillstream.avro.TrainingExample;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a student dealt with, as the offset ranges of its published lineage say. */
public final class TrainedRequests {
  private static final Logger log = LoggerFactory.getLogger(TrainedRequests.class);

  private TrainedRequests() {}

  /**
   * A checkpoint and its ancestors back to the fresh start.
   *
   * @param history every checkpoint by version
   * @throws IllegalArgumentException if one of them is missing
   */
  public static List<Checkpoint> lineage(
      Checkpoint newest, NavigableMap<Long, Checkpoint> history) {
    List<Checkpoint> lineage = new ArrayList<>(List.of(newest));
    for (long parent = newest.getParentVersion(); parent != 0; ) {
      Checkpoint ancestor = history.get(parent);
      if (ancestor == null) {
        throw new IllegalArgumentException(
            "Checkpoint " + parent + ", an ancestor of " + newest.getVersion() + ", is missing");
      }
      lineage.add(ancestor);
      parent = ancestor.getParentVersion();
    }
    return lineage;
  }

  /**
   * How often each request id lies in the offset ranges of a lineage, held-out requests included.
   * What decodes as no example is passed over, as the trainer does, and so are corrections, which
   * are no records of their own.
   *
   * @param usable false for records that decode and could not be used all the same
   */
  public static Map<String, Integer> count(
      List<Checkpoint> lineage,
      ClusterConnection cluster,
      Codec<TrainingExample> codec,
      Predicate<ConsumerRecord<String, byte[]>> usable) {
    Map<Integer, List<OffsetRange>> ranges = new HashMap<>();
    for (Checkpoint checkpoint : lineage) {
      for (OffsetRange range : checkpoint.getOffsets()) {
        ranges.computeIfAbsent(range.getPartition(), p -> new ArrayList<>()).add(range);
      }
    }
    Map<String, Integer> ids = new HashMap<>();
    try (TopicScan scan = new TopicScan(cluster)) {
      scan.read(
          scan.whole(codec.topic()),
          record -> {
            int times = times(ranges.getOrDefault(record.partition(), List.of()), record.offset());
            if (times > 0 && usable.test(record)) {
              add(codec, record, times, ids);
            }
          });
    }
    return ids;
  }

  private static int times(List<OffsetRange> ranges, long offset) {
    int times = 0;
    for (OffsetRange range : ranges) {
      if (range.getFromOffset() <= offset && offset < range.getToOffset()) {
        times++;
      }
    }
    return times;
  }

  private static void add(
      Codec<TrainingExample> codec,
      ConsumerRecord<String, byte[]> record,
      int times,
      Map<String, Integer> ids) {
    try {
      TrainingExample example = codec.decode(record.value());
      if (!example.getCorrection()) {
        ids.merge(example.getRequestId(), times, Integer::sum);
      }
    } catch (UndecodableRecordException e) {
      log.debug("No example at offset {} of {}", record.offset(), record.topic(), e);
    }
  }
}
