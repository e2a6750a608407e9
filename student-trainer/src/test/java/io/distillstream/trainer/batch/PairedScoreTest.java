package io.distillstream.trainer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairedScoreTest {

  /** Of 100 records, without the truth of any. */
  private static final BatchScore ALL = score(100, 60, 1, TrainingBatch.UNKNOWN);

  private static BatchScore score(int records, int agreeing, double kl, int truth) {
    List<RowScore> rows =
        IntStream.range(0, records)
            .mapToObj(i -> new RowScore(i < agreeing ? 0 : 1, 0.5, 0, kl, truth))
            .toList();
    return BatchScore.of(rows);
  }

  @Test
  void shouldAddToTheNewestWeightsByWhatTheAverageIsBetter() {
    // The sample is easier than the rest: 80 % agree with the newest weights, not 60.
    PairedScore pairs =
        new PairedScore(
            score(20, 16, 0.5, TrainingBatch.UNKNOWN), score(20, 17, 0.25, TrainingBatch.UNKNOWN));

    assertThat(pairs.agreement(ALL)).isCloseTo(0.65, within(1e-12));
    assertThat(pairs.meanKl(ALL)).isCloseTo(0.75, within(1e-12));
    assertThat(pairs.accuracy(ALL)).isNaN();
  }

  @Test
  void shouldBeTheAveragesOwnFigureWhereAllRecordsAreScoredWithBoth() {
    BatchScore newest = score(40, 10, 2, 0);
    BatchScore averaged = score(40, 30, 0.5, 0);
    PairedScore pairs = new PairedScore(newest, averaged);

    assertThat(pairs.agreement(newest)).isEqualTo(averaged.agreement());
    assertThat(pairs.meanKl(newest)).isEqualTo(averaged.meanKl());
    assertThat(pairs.accuracy(newest)).isEqualTo(averaged.accuracy());
  }

  @Test
  void shouldStayAmongFiguresThatCanBe() {
    PairedScore better = new PairedScore(score(4, 0, 3, 0), score(4, 4, 0.5, 0));
    PairedScore worse = new PairedScore(score(4, 4, 0.5, 0), score(4, 0, 3, 0));

    assertThat(better.agreement(ALL)).isEqualTo(1);
    assertThat(better.meanKl(ALL)).isZero();
    assertThat(worse.agreement(ALL)).isZero();
  }

  @Test
  void shouldSayNothingWithoutAnyPair() {
    assertThat(PairedScore.NONE.agreement(ALL)).isNaN();
    assertThat(PairedScore.NONE.meanKl(ALL)).isNaN();
  }

  @Test
  void shouldRefuseScoresOfOtherRecords() {
    assertThatThrownBy(() -> new PairedScore(ALL, BatchScore.NONE))
        .hasMessageContaining("got of 100 and 0");
  }
}
