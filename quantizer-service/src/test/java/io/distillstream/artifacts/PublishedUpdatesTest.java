package io.distillstream.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.wire.update.TestUpdates;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PublishedUpdatesTest {

  @Test
  void shouldBeTheLastPublished() {
    PublishedUpdates published = new PublishedUpdates(9);
    published.add(update(7), 0);
    published.add(update(9), 1);

    assertThat(published.newest()).map(ModelUpdate::getVersion).hasValue(9L);
  }

  @Test
  void shouldLeaveOutAVersionThatNoCheckpointHasReached() {
    PublishedUpdates published = new PublishedUpdates(7);
    published.add(update(7), 0);
    published.add(update(8), 1);

    assertThat(published.newest()).map(ModelUpdate::getVersion).hasValue(7L);
  }

  @Test
  void shouldLeaveOutEveryUpdateWhereThereIsNoCheckpoint() {
    PublishedUpdates published = new PublishedUpdates(0);
    published.add(update(1), 0);

    assertThat(published.newest()).isEmpty();
  }

  @Test
  void shouldNotTakeAForgedCheckpointForTheNewest() {
    CommittedVersion trained = new CommittedVersion(OptionalLong.of(8));

    assertThat(PublishedUpdates.newestCheckpoint(List.of(7L, 8L, 1L << 40), trained)).isEqualTo(8);
    assertThat(PublishedUpdates.newestCheckpoint(List.of(1L << 40), trained)).isZero();
  }

  @Test
  void shouldGoByTheHighestCheckpointWhereTheTrainersIsUnknown() {
    assertThat(PublishedUpdates.newestCheckpoint(List.of(9L, 7L), CommittedVersion.UNKNOWN))
        .isEqualTo(9);
    assertThat(PublishedUpdates.newestCheckpoint(List.of(), CommittedVersion.UNKNOWN)).isZero();
  }

  private static ModelUpdate update(long version) {
    return TestUpdates.update("student", "stable", version).build();
  }
}
