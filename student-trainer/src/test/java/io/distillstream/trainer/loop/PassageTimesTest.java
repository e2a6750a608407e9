package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.DurationCounts;
import io.distillstream.avro.LegTimes;
import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.Example.Passage;
import io.distillstream.trainer.examples.MadeUpExamples;
import io.distillstream.wire.payload.DurationHistogram;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PassageTimesTest {

  private final PassageTimes passages = new PassageTimes();

  @Test
  void shouldAddUpToTheWholeWay() {
    passages.learned(List.of(example(0, 1, 3L), example(2, 4, 5L)), at(10));
    passages.learned(List.of(example(10, 12, 12L)), at(20));

    LegTimes legs = passages.legs(at(24));

    assertThat(seconds(legs.getLabelled())).isEqualTo(1 + 2 + 2);
    assertThat(seconds(legs.getJoined())).isEqualTo(2 + 1);
    assertThat(seconds(legs.getTrained())).isEqualTo(7 + 5 + 8);
    assertThat(seconds(legs.getCheckpointed())).isEqualTo(14 + 14 + 4);
    assertThat(
            seconds(legs.getLabelled())
                + seconds(legs.getJoined())
                + seconds(legs.getTrained())
                + seconds(legs.getCheckpointed()))
        .isEqualTo(24 + 22 + 14);
  }

  @Test
  void shouldCountTheTimeFromTheAnswerWhereTheJoinerDidNotSayWhenItWasDone() {
    passages.learned(List.of(example(0, 1, null)), at(10));

    LegTimes legs = passages.legs(at(10));

    assertThat(DurationHistogram.from(legs.getJoined()).records()).isZero();
    assertThat(seconds(legs.getTrained())).isEqualTo(9);
  }

  @Test
  void shouldLeaveOutWhatIsNoTraffic() {
    passages.learned(List.of(MadeUpExamples.augmented(example(0, 1, 2L))), at(10));

    assertThat(passages.legs(at(20)).getCheckpointed().getCounts()).isEmpty();
  }

  @Test
  void shouldTakeTimesThatCannotBe() {
    Example ancient = example(0, 1, null);
    long future = 4_000_000_000L;
    passages.learned(Collections.nCopies(1_000_000, ancient), at(future));
    passages.learned(List.of(example(future, 0, 0L)), at(1));

    LegTimes legs = passages.legs(at(2));

    assertThat(seconds(legs.getTrained())).isGreaterThan(3.9e15);
    assertThat(seconds(legs.getCheckpointed())).isEqualTo(1);
  }

  @Test
  void shouldBeginAgain() {
    passages.learned(List.of(example(0, 1, 2L)), at(10));
    passages.clear();

    assertThat(passages.legs(at(20))).isEqualTo(new PassageTimes().legs(at(20)));
  }

  private static Example example(long received, long labelled, @Nullable Long joined) {
    Example like = MadeUpExamples.example(0);
    return new Example(
        like.requestId(),
        like.tokens(),
        like.target(),
        like.embedding(),
        like.truth(),
        new Passage(at(received), at(labelled), joined == null ? null : at(joined)),
        like.teacherVersions(),
        Origin.LIVE);
  }

  private static Instant at(long second) {
    return Instant.ofEpochSecond(second);
  }

  private static double seconds(DurationCounts durations) {
    return DurationHistogram.from(durations).sumSeconds();
  }
}
