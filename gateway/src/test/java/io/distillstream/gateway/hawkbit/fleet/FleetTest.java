package io.distillstream.gateway.hawkbit.fleet;

import static io.distillstream.gateway.hawkbit.fleet.Offer.Kind.CANCEL;
import static io.distillstream.gateway.hawkbit.fleet.Offer.Kind.DEPLOY;
import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void shouldOfferTheNewestUntilItIsReported() {
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
    fleet.atWork(KIOSK, 2, NOW);
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
    report(2, true, NOW);
    assertThat(offer(2)).isEqualTo(Offer.NOTHING);
    assertThat(fleet.installed(KIOSK)).hasValue(2L);

    report(3, false, NOW);
    assertThat(offer(3)).isEqualTo(Offer.NOTHING);
    assertThat(fleet.installed(KIOSK)).hasValue(2L);
  }

  /** What comes last is what devices are to have, whatever its version. */
  @Test
  void shouldOfferAnOlderVersionThatIsTheNewestAgain() {
    report(3, true, NOW);
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
    report(1, true, NOW);
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
    fleet.atWork(KIOSK, 1, NOW);
    assertThat(offer(2)).as("a late word about it").isEqualTo(new Offer(DEPLOY, 2));
  }

  /** The topic is read a moment after a gateway has written to it. */
  @Test
  void shouldIgnoreWhatWasReportedBefore() {
    report(2, true, NOW);
    report(1, true, NOW.minusSeconds(1));
    assertThat(offer(2)).isEqualTo(Offer.NOTHING);
    assertThat(fleet.hasReported(KIOSK, 2, true)).isTrue();
    assertThat(fleet.hasReported(KIOSK, 2, false)).isFalse();
    report(2, false, NOW);
    assertThat(fleet.hasReported(KIOSK, 2, false)).isTrue();
  }

  @Test
  void shouldKnowNothingOfOtherChannels() {
    fleet.reported(new ChannelName("student", "beta"), "kiosk-7", 2, true, NOW);
    assertThat(offer(2)).isEqualTo(new Offer(DEPLOY, 2));
  }

  private Offer offer(long newest) {
    return fleet.offer(KIOSK, newest, KEPT, NOW);
  }

  private void report(long version, boolean installed, Instant at) {
    fleet.reported(STABLE, "kiosk-7", version, installed, at);
  }
}
