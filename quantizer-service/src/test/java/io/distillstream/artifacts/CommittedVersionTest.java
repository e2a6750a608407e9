package io.distillstream.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class CommittedVersionTest {

  @Test
  void shouldBeTheNewestThatAnyPartitionTells() {
    CommittedVersion trained =
        CommittedVersion.of(
            Arrays.asList(
                new OffsetAndMetadata(5, "after-checkpoint=7,held-out=1,by=a-1"),
                null,
                new OffsetAndMetadata(5, "after-checkpoint=6"),
                new OffsetAndMetadata(5, "owed-from=900")));

    assertThat(trained.covers(7)).isTrue();
    assertThat(trained.covers(8)).isFalse();
  }

  @Test
  void shouldBoundNothingWhereNoOffsetTells() {
    assertThat(CommittedVersion.of(List.of()).covers(1L << 40)).isTrue();
    assertThat(CommittedVersion.of(List.of(new OffsetAndMetadata(5, ""))).covers(1L << 40))
        .isTrue();
  }
}
