package io.distillstream.device.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Gateways behind a balancer, one of which has not heard of the newest version. */
@Timeout(120)
class LaggingGatewayTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void shouldFetchAnAnnouncedVersionThatTheListDoesNotHave() throws Exception {
    try (TwoGateways gateways = new TwoGateways(true);
        HttpUpdateSource source = source(gateways)) {
      assertThat(received(source, 2, PATIENCE)).containsExactly(1L, 2L);
      assertThat(gateways.lastEvents()).containsExactly("");
    }
  }

  @Test
  void shouldListenAgainFromWhereItWasForAVersionThatIsNotToBeHad() throws Exception {
    try (TwoGateways gateways = new TwoGateways(true);
        HttpUpdateSource source = source(gateways)) {
      gateways.hideNewManifest(2);

      assertThat(received(source, 2, PATIENCE)).containsExactly(1L, 2L);
      assertThat(gateways.lastEvents()).containsExactly("", "", "");
    }
  }

  @Test
  void shouldPollAgainFromWhereItWasForAVersionThatIsNotToBeHad() throws Exception {
    try (TwoGateways gateways = new TwoGateways(false);
        HttpUpdateSource source = source(gateways)) {
      gateways.hideNewManifest(1);

      // The second poll finds the other gateway, and the third the version.
      assertThat(received(source, 2, PATIENCE)).containsExactly(1L, 2L);
      assertThat(gateways.tags().get(1)).isEmpty();
    }
  }

  @Test
  void shouldPauseBetweenPollsThatBringNothingNewAndHandOverNothingTwice() throws Exception {
    try (TwoGateways gateways = new TwoGateways(false);
        HttpUpdateSource source = source(gateways)) {
      assertThat(received(source, 2, PATIENCE)).containsExactly(1L, 2L);

      assertThat(received(source, 1, Duration.ofSeconds(4))).isEmpty();
      assertThat(gateways.tags()).hasSizeBetween(3, 6);
    }
  }

  private static HttpUpdateSource source(TwoGateways gateways) {
    return new HttpUpdateSource(gateways.gateway(), "glosses", "stable");
  }

  /** The first so many versions that arrive. */
  private static List<Long> received(HttpUpdateSource source, int count, Duration patience)
      throws IOException {
    List<Long> versions = new ArrayList<>();
    long deadline = System.nanoTime() + patience.toNanos();
    while (versions.size() < count && System.nanoTime() - deadline < 0) {
      for (UpdateManifest found :
          source.poll(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
        versions.add(found.version());
      }
    }
    return versions;
  }
}
