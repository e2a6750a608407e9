package io.distillstream.wire;

import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.distillstream.wire.check.RecordCheck;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * One topic of a pipeline. Keys are UTF-8 strings; values are {@code type} in Confluent's framing.
 *
 * @param suffix the topic's name without the pipeline
 * @param type the record it holds
 * @param check what its records must hold beyond their schema
 * @param partitions how many are created; an existing topic keeps its own number
 * @param cleanup what happens to old records
 * @param retention how long records are kept where {@code cleanup} is {@code DELETE}
 * @param maxBytesPerPartition there, older records go when a partition outgrows this; -1 is
 *     unbounded
 */
public record Topic<T extends SpecificRecord>(
    String suffix,
    Class<T> type,
    RecordCheck<T> check,
    int partitions,
    Cleanup cleanup,
    Duration retention,
    long maxBytesPerPartition) {

  private static final int WRITER_SEGMENT_BYTES = 64 << 20;
  private static final int COMPACTED_SEGMENT_BYTES = 16 << 20;

  /** What the broker does with old records. */
  public enum Cleanup {
    /** It deletes them by age and size. */
    DELETE,
    /** It keeps the newest of each key. */
    COMPACT,
    /** Nothing: the stage that writes the topic deletes what it no longer needs. */
    BY_WRITER
  }

  /** The full name, such as {@code demo.soft-labels}. */
  public String in(Pipeline pipeline) {
    return pipeline.name() + "." + suffix;
  }

  /** The registry subject of its values, by Confluent's topic-name strategy. */
  public String subject(Pipeline pipeline) {
    return in(pipeline) + "-value";
  }

  /** As it is shared: without the code generator's Java hints. */
  Schema schema() {
    Object empty = SpecificData.newInstance(type, SpecificData.get().getSchema(type));
    return AvroSchemaUtils.getSchema(empty, false, false, true);
  }

  Map<String, String> configuration() {
    Map<String, String> configuration = new TreeMap<>();
    switch (cleanup) {
      case COMPACT -> {
        configuration.put("cleanup.policy", "compact");
        configuration.put("min.cleanable.dirty.ratio", "0.1");
        // The newest segment is not compacted, and who joins reads all of it.
        configuration.put("segment.bytes", Integer.toString(COMPACTED_SEGMENT_BYTES));
      }
      case BY_WRITER -> {
        configuration.put("cleanup.policy", "delete");
        configuration.put("retention.ms", "-1");
        configuration.put("retention.bytes", "-1");
        // The disk gets back whole segments only.
        configuration.put("segment.bytes", Integer.toString(WRITER_SEGMENT_BYTES));
      }
      case DELETE -> {
        configuration.put("cleanup.policy", "delete");
        configuration.put("retention.ms", Long.toString(retention.toMillis()));
        configuration.put("retention.bytes", Long.toString(maxBytesPerPartition));
      }
    }
    if (maxBytesPerPartition > 0) {
      // Retention drops whole segments, so a segment must be small beside the bound.
      configuration.put(
          "segment.bytes", Long.toString(Math.max(1 << 20, maxBytesPerPartition / 8)));
    }
    return configuration;
  }
}
