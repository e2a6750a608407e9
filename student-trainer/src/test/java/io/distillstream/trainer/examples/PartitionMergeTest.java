package io.distillstream.trainer.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class PartitionMergeTest {
  private final PartitionMerge merge = new PartitionMerge(Set.of(0, 1, 2));

  @Test
  void shouldTakeTheEarliestAndOfEqualOnesTheLowestPartition() {
    add(2, 0, 10);
    add(1, 0, 20);
    add(0, 0, 20);
    add(2, 1, 30);

    assertThat(next()).isEqualTo("2:0");
    assertThat(next()).isEqualTo("0:0");
    assertThat(next()).isEqualTo("1:0");
    assertThat(next()).isEqualTo("2:1");
    assertThat(merge.isEmpty()).isTrue();
    assertThat(next()).isEqualTo("none");
  }

  @Test
  void shouldKeepAPartitionsOrderWhateverItsTimestamps() {
    add(0, 0, 50);
    add(0, 1, 10);
    add(1, 0, 20);

    assertThat(next()).isEqualTo("1:0");
    assertThat(next()).isEqualTo("0:0");
    assertThat(next()).isEqualTo("0:1");
  }

  @Test
  void shouldGiveNothingWhileAPartitionWithMoreIsAwaited() {
    add(0, 0, 10);

    assertThat(merge.next(partition -> partition == 2)).isNull();
    assertThat(merge.waiting(0)).isEqualTo(1);
    assertThat(next()).isEqualTo("0:0");
  }

  private void add(int partition, long offset, long timestamp) {
    merge.add(
        new ConsumerRecord<>(
            "topic",
            partition,
            offset,
            timestamp,
            TimestampType.CREATE_TIME,
            0,
            0,
            "key",
            new byte[0],
            new RecordHeaders(),
            Optional.empty()));
  }

  private String next() {
    ConsumerRecord<String, byte[]> record = merge.next(partition -> false);
    return record == null ? "none" : record.partition() + ":" + record.offset();
  }
}
