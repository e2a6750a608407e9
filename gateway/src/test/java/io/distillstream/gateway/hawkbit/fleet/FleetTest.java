package io.distillstream.gateway.hawkbit.fleet;

import static io.distillstream.gateway.hawkbit.fleet.Offer.Kind.CANCEL;
import static io.distillstream.gateway.hawkbit.fleet.Offer.Kind.DEPLOY;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetTest {

  private static final ChannelName STABLE = new ChannelName("student", "stable");
  private static final Target KIOSK = new Target(STABLE, "kiosk-7");
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Set<Long> KEPT = Set.of(1L, 2L, 3L);

  private final Fleet fleet = new Fleet(List.of(STABLE));
  private long offset;

  @Test
  void shouldOfferTheNewestUntilItIsReported() {
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
    fleet.atWork(KIOSK, 2, NOW);
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
    report(2, true);
    assertThat(offer(2)).isEqualTo(Offer.NOTHING);
    assertThat(fleet.installed(KIOSK)).hasValue(2L);

    report(3, false);
    assertThat(offer(3)).isEqualTo(Offer.NOTHING);
    assertThat(fleet.installed(KIOSK)).hasValue(2L);
  }

  /** What comes last is what devices are to have, whatever its version. */
  @Test
  void shouldOfferAnOlderVersionThatIsTheNewestAgain() {
    report(3, true);
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
  }

  @Test
  void shouldHaveWhatIsReplacedGivenUpFirst() {
    fleet.atWork(KIOSK, 1, NOW);
    assertThat(offer(2)).isEqualTo(new Offer(CANCEL, 1));
    fleet.cancelled(KIOSK, 1, NOW);
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
  }

  @Test
  void shouldKnowWhatATargetIsToGiveUpUntilItSpeaksOfIt() {
    fleet.toldToGiveUp(KIOSK, 1, NOW);
    assertThat(fleet.isToldToGiveUp(KIOSK, 1)).isTrue();
    assertThat(fleet.isToldToGiveUp(KIOSK, 2)).isFalse();
    fleet.atWork(KIOSK, 2, NOW);
    assertThat(fleet.isToldToGiveUp(KIOSK, 1)).isTrue();
    fleet.atWork(KIOSK, 1, NOW);
    assertThat(fleet.isToldToGiveUp(KIOSK, 1)).isFalse();

    fleet.toldToGiveUp(KIOSK, 1, NOW);
    fleet.goesOn(KIOSK, 1, NOW);
    assertThat(fleet.isToldToGiveUp(KIOSK, 1)).isFalse();
    fleet.toldToGiveUp(KIOSK, 1, NOW);
    fleet.cancelled(KIOSK, 1, NOW);
    assertThat(fleet.isToldToGiveUp(KIOSK, 1)).isFalse();
  }

  @Test
  void shouldLetATargetGoOnThatCannotGiveUp() {
    fleet.atWork(KIOSK, 1, NOW);
    fleet.goesOn(KIOSK, 1, NOW);
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 1));
    fleet.atWork(KIOSK, 1, NOW);
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 1));
    assertThat(fleet.offer(KIOSK, 2, Set.of(2L), NOW))
        .as("what it is at work on is kept no longer")
        .isEqualTo(new Offer(DEPLOY, 2));
  }

  @Test
  void shouldEndWhatAnotherGatewayWasToldTheEndOf() {
    fleet.atWork(KIOSK, 1, NOW);
    report(1, true);
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
    fleet.atWork(KIOSK, 1, NOW);
    assertThat(offer(2)).as("a late word about it").isEqualTo(new Offer(DEPLOY, 2));
  }

  /** The topic is read a moment after a gateway has written to it. */
  @Test
  void shouldIgnoreWhatWasReportedBefore() {
    fleet.read(KIOSK, new Reported(1, true, 0, 7, NOW));
    fleet.wrote(KIOSK, new Reported(2, true, 0, 9, NOW));
    fleet.wrote(KIOSK, new Reported(3, true, 0, 11, NOW));
    for (Reported late : List.of(at(7, 1), at(9, 2))) {
      fleet.read(KIOSK, late);
      assertThat(offer(3)).isEqualTo(Offer.NOTHING);
    }
    fleet.read(KIOSK, at(11, 3));
    assertThat(fleet.hasReported(KIOSK, 3, true)).isTrue();
    assertThat(fleet.hasReported(KIOSK, 3, false)).isFalse();
    fleet.read(KIOSK, new Reported(3, false, 0, 12, NOW));
    assertThat(fleet.hasReported(KIOSK, 3, false)).isTrue();
  }

  /** Of a gateway, which writes the time into what it reports for a target. */
  @Test
  void shouldGoByTheTopicWhereAClockWentBack() {
    Instant corrected = NOW.minus(Duration.ofHours(5));
    fleet.read(KIOSK, new Reported(1, true, 0, 1, NOW));
    fleet.read(KIOSK, new Reported(2, true, 0, 2, corrected));
    assertThat(offer(2)).isEqualTo(Offer.NOTHING);

    fleet.wrote(KIOSK, new Reported(3, true, 0, 3, corrected.minusSeconds(1)));
    assertThat(offer(3)).isEqualTo(Offer.NOTHING);
    assertThat(fleet.installed(KIOSK)).hasValue(3L);
  }

  @Test
  void shouldGoByTheTimeWhereTheTopicWasGivenMorePartitions() {
    fleet.read(KIOSK, new Reported(1, true, 0, 100, NOW.minusSeconds(2)));
    fleet.read(KIOSK, new Reported(2, true, 3, 5, NOW));
    fleet.read(KIOSK, new Reported(1, false, 0, 99, NOW.minusSeconds(3)));
    assertThat(offer(2)).isEqualTo(Offer.NOTHING);
  }

  /** Whatever was read: of a topic that was made anew offsets are lower. */
  @Test
  void shouldTakeWhatItWroteForTheLast() {
    fleet.read(KIOSK, new Reported(1, true, 0, 100, NOW));
    fleet.wrote(KIOSK, new Reported(2, true, 0, 0, NOW));
    assertThat(offer(2)).isEqualTo(Offer.NOTHING);
    fleet.read(KIOSK, new Reported(3, true, 0, 1, NOW));
    assertThat(offer(3)).isEqualTo(Offer.NOTHING);
  }

  @Test
  void shouldKnowNothingOfOtherChannels() {
    Target other = new Target(new ChannelName("student", "beta"), "kiosk-7");
    fleet.read(other, at(1, 2));
    fleet.wrote(other, at(2, 2));
    assertThat(fleet.hasReported(other, 2, true)).isFalse();
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
  }

  private Offer offer(long newest) {
    return fleet.offer(KIOSK, newest, KEPT, NOW);
  }

  private void report(long version, boolean installed) {
    fleet.read(KIOSK, new Reported(version, installed, 0, offset++, NOW));
  }

  private static Reported at(long offset, long version) {
    return new Reported(version, true, 0, offset, NOW);
  }
}
