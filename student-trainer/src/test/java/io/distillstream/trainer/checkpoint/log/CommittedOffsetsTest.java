package io.distillstream.trainer.checkpoint.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.checkpoint.Lineage;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CommittedOffsetsTest {
  private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();

  private void commit(int partition, long offset, String note) {
    committed.put(new TopicPartition("examples", partition), new OffsetAndMetadata(offset, note));
  }

  @Test
  void shouldTellWhoseWorkItIs() {
    commit(0, 10, CommittedOffsets.note(Lineage.NONE, "one-1"));
    commit(1, 20, CommittedOffsets.note(Lineage.NONE, "one-1"));

    CommittedOffsets offsets = CommittedOffsets.of(committed);

    assertThat(offsets.isOwnedByAnother("one-1")).isFalse();
    assertThat(offsets.isOwnedByAnother("two-2")).isTrue();
    assertThat(offsets.after(0).get(1)).isEqualTo(new CommittedOffsets.Position(20, 0, 0, "one-1"));
  }

  @Test
  void shouldBeNobodysWhereNoTrainerSaidSo() {
    commit(0, 10, CommittedOffsets.note(Lineage.NONE));
    commit(1, 20, "");

    assertThat(CommittedOffsets.of(committed).isOwnedByAnother("one-1")).isFalse();
  }

  @Test
  void shouldGoByTheNewestCheckpoint() {
    // A partition that went away, as of before.
    commit(0, 10, "after-checkpoint=3,held-out=1,by=one-1");
    commit(1, 20, "after-checkpoint=4,held-out=2,by=two-2");

    CommittedOffsets offsets = CommittedOffsets.of(committed);

    assertThat(offsets.checkpoint()).hasValue(4);
    assertThat(offsets.isOwnedByAnother("two-2")).isFalse();
    assertThat(offsets.isOwnedByAnother("one-1")).isTrue();
  }

  @Test
  void shouldReadWhatEarlierReleasesSaid() {
    commit(0, 10, "after-checkpoint=3");
    commit(1, 20, "after-checkpoint=3,held-out=7");
    commit(2, 30, "something else");

    assertThat(CommittedOffsets.of(committed).after(3))
        .isEqualTo(
            Map.of(
                0, new CommittedOffsets.Position(10, 3, 0, ""),
                1, new CommittedOffsets.Position(20, 3, 7, "")));
  }
}
