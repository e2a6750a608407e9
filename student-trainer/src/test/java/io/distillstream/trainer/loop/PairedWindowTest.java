package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PairedWindowTest {
  private final PairedWindow window = new PairedWindow();

  @Test
  void shouldHoldWholeBatchesOfAThousandRecordsAtLeast() {
    for (int i = 0; i < 20; i++) {
      window.add(new PairedScore(score(0), score(24)));
    }
    for (int i = 0; i < 32; i++) {
      window.add(new PairedScore(score(16), score(24)));
    }

    assertThat(window.sum().records()).isEqualTo(1_024);
    assertThat(window.sum().newest().agreement()).isEqualTo(0.5);
    assertThat(window.sum().averaged().agreement()).isEqualTo(0.75);
  }

  @ParameterizedTest
  @EnumSource(
      value = TrainingEvent.Kind.class,
      names = {"DRIFT", "ROLLBACK"})
  void shouldForgetWhatWasBeforeADriftOrRollback(TrainingEvent.Kind kind) {
    window.add(new PairedScore(score(16), score(24)));
    window.happened(event(kind));
    assertThat(window.sum()).isEqualTo(PairedScore.NONE);

    window.add(new PairedScore(score(8), score(8)));
    assertThat(window.sum().newest().agreement()).isEqualTo(0.25);
  }

  @ParameterizedTest
  @EnumSource(
      value = TrainingEvent.Kind.class,
      names = {"PRUNED", "STOPPED"})
  void shouldKeepWhatWasBeforeEventsThatLeaveTheAverageAlone(TrainingEvent.Kind kind) {
    window.add(new PairedScore(score(16), score(24)));
    window.happened(event(kind));

    assertThat(window.sum().records()).isEqualTo(32);
  }

  @Test
  void shouldBeClearedWithTheSpansEvents() {
    TrainedSpan span = new TrainedSpan();
    span.averageScored(new PairedScore(score(16), score(24)));
    span.clear();
    assertThat(span.pairs().records()).as("over a checkpoint").isEqualTo(32);

    span.happened(event(TrainingEvent.Kind.DRIFT));

    assertThat(span.pairs()).isEqualTo(PairedScore.NONE);
  }

  private static TrainingEvent event(TrainingEvent.Kind kind) {
    return new TrainingEvent(kind, 1, 100, "happened", Map.of(), Instant.EPOCH);
  }

  /** Of 32 records. */
  private static BatchScore score(int agreeing) {
    List<RowScore> rows =
        IntStream.range(0, 32)
            .mapToObj(i -> new RowScore(i < agreeing ? 0 : 1, 0.5, 0, 1, TrainingBatch.UNKNOWN))
            .toList();
    return BatchScore.of(rows);
  }
}
