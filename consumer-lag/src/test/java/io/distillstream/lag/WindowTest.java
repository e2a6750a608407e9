package io.distillstream.lag;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WindowTest {

  private static final int EXACT_UP_TO = 10;
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void shouldCountRecordsAndNotOffsets() {
    Window window = following(4, 0, 12);
    read(window, 12, 4, 6, 9);

    assertThat(window.lag(NOW)).isEqualTo(new Lag(3, 4.0, true, 0));
  }

  @Test
  void shouldShowNothingWhereOnlyMarkersAreLeft() {
    Window window = following(11, 0, 12);
    assertThat(window.unfinished(EXACT_UP_TO)).isTrue();

    read(window, 12);

    assertThat(window.lag(NOW)).isEqualTo(new Lag(0, 0.0, true, 0));
    window.follow(11, 0, 12, NOW.plusSeconds(86_400));
    assertThat(window.unfinished(EXACT_UP_TO)).as("At rest, it is not read again").isFalse();
  }

  @Test
  void shouldReadEachRecordOnceWhileTheGroupGoesOn() {
    Window window = following(0, 0, 5);
    read(window, 5, 0, 1, 2, 3, 4);

    window.follow(3, 0, 8, NOW);

    assertThat(window.next()).isEqualTo(5);
    read(window, 8, 5, 6);
    assertThat(window.lag(NOW)).isEqualTo(new Lag(4, 3.0, true, 0));
  }

  @Test
  void shouldKeepTheUpperBoundUntilItHasReadAll() {
    Window window = following(0, 0, 8);
    window.add(0, at(0));
    window.readTo(3);

    assertThat(window.unfinished(EXACT_UP_TO)).isTrue();
    assertThat(window.lag(NOW)).isEqualTo(new Lag(6, 0.0, false, 0));
  }

  @Test
  void shouldLookForTheNextRecordAloneWhereTheGapIsLarge() {
    Window window = following(0, 0, 1_000);
    assertThat(window.unfinished(EXACT_UP_TO)).isTrue();
    assertThat(window.lag(NOW)).isEqualTo(new Lag(1_000, null, false, 0));

    window.add(7, at(7));
    window.readTo(8);

    assertThat(window.unfinished(EXACT_UP_TO)).isFalse();
    assertThat(window.lag(NOW)).isEqualTo(new Lag(993, 7.0, false, 0));
  }

  @Test
  void shouldCountTheRestOnceAGroupHasCaughtUp() {
    Window window = following(0, 0, 30);
    window.add(0, at(0));
    window.readTo(1);

    window.follow(25, 0, 30, NOW);

    assertThat(window.next()).isEqualTo(25);
    assertThat(window.unfinished(EXACT_UP_TO)).isTrue();
  }

  @Test
  void shouldSayWhatWasLostAndCountFromTheBeginning() {
    Window window = following(2, 6, 10);

    read(window, 10, 6, 7, 9);

    assertThat(window.lag(NOW)).isEqualTo(new Lag(3, 6.0, true, 4));
  }

  @Test
  void shouldCountTheLostRecordsOfAStretchThatItHasRead() {
    Window window = following(2, 0, 10);
    read(window, 10, 2, 3, 8);

    window.follow(2, 6, 10, NOW);
    assertThat(window.lag(NOW)).isEqualTo(new Lag(1, 8.0, true, 2));

    window.follow(2, 9, 10, NOW);
    assertThat(window.lag(NOW)).isEqualTo(new Lag(0, 0.0, true, 3));
  }

  @Test
  void shouldLoseNothingWhereRetentionDeletesMarkersAlone() {
    Window window = following(9, 0, 10);
    read(window, 10);

    window.follow(9, 10, 10, NOW);

    assertThat(window.lag(NOW)).isEqualTo(new Lag(0, 0.0, true, 0));
  }

  @Test
  void shouldForgetALossOnceTheGroupGoesOn() {
    Window window = following(2, 6, 10);
    read(window, 10, 6, 7, 8, 9);

    window.follow(8, 6, 10, NOW);

    assertThat(window.lag(NOW)).isEqualTo(new Lag(2, 8.0, true, 0));
  }

  @Test
  void shouldBeginAnewWhereAGroupIsSetBack() {
    Window window = following(8, 0, 10);
    read(window, 10, 8, 9);

    window.follow(1, 0, 10, NOW);

    assertThat(window.next()).isEqualTo(1);
    assertThat(window.lag(NOW).records()).isEqualTo(9);
  }

  @Test
  void shouldNeverBeNegative() {
    Window window = following(20, 0, 10);

    assertThat(window.unfinished(EXACT_UP_TO)).isFalse();
    assertThat(window.lag(NOW)).isEqualTo(new Lag(0, 0.0, true, 0));

    window = following(0, 0, 1);
    window.add(0, NOW.plusSeconds(60).toEpochMilli());
    window.readTo(1);
    assertThat(window.lag(NOW)).isEqualTo(new Lag(1, 0.0, true, 0));
  }

  @Test
  void shouldReadAgainWhatMayHaveBeenCompactedMeanwhile() {
    Window window = following(0, 0, 5);
    read(window, 5, 0, 1, 2, 3, 4);

    window.follow(0, 0, 5, NOW.plus(Duration.ofSeconds(59)));
    assertThat(window.unfinished(EXACT_UP_TO)).isFalse();

    window.follow(0, 0, 5, NOW.plus(Duration.ofSeconds(61)));
    assertThat(window.next()).isZero();
    assertThat(window.unfinished(EXACT_UP_TO)).isTrue();
  }

  private static Window following(long position, long earliest, long latest) {
    Window window = new Window(position, NOW);
    window.follow(position, earliest, latest, NOW);
    return window;
  }

  /** Reads to the end; each of the records is as many seconds old as its offset says. */
  private static void read(Window window, long end, long... offsets) {
    for (long offset : offsets) {
      window.add(offset, at(offset));
    }
    window.readTo(end);
  }

  private static long at(long offset) {
    return NOW.minusSeconds(offset).toEpochMilli();
  }
}
