package io.distillstream.wire.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CheckpointNoteTest {

  @Test
  void shouldReadWhatATrainerSays() {
    assertThat(CheckpointNote.of("after-checkpoint=7,held-out=12,by=a-1"))
        .hasValue(new CheckpointNote(7, 12, "a-1"));
  }

  @Test
  void shouldReadWhatEarlierReleasesSaid() {
    assertThat(CheckpointNote.of("after-checkpoint=7")).hasValue(new CheckpointNote(7, 0, ""));
    assertThat(CheckpointNote.of("after-checkpoint=7,held-out=12"))
        .hasValue(new CheckpointNote(7, 12, ""));
  }

  @Test
  void shouldKnowNothingOfOtherMetadata() {
    assertThat(CheckpointNote.of(null)).isEmpty();
    assertThat(CheckpointNote.of("")).isEmpty();
    assertThat(CheckpointNote.of("owed-from=7")).isEmpty();
  }
}
