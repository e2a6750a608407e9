package io.distillstream.tuf.repository;

import static io.distillstream.tuf.repository.TestRepository.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.tuf.TrustedMetadata;
import io.distillstream.tuf.refusal.ExpiredMetadataException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceWithoutClockTest {

  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder;

  private final TestRepository repository = new TestRepository().published("one");

  @Test
  void shouldGoByTheLatestTimeThatItHasProofOf() throws Exception {
    TestClient device = device().withoutClock();
    TrustedMetadata metadata = device.refreshed();
    metadata.passed(NOW.plus(Duration.ofHours(23)));
    repository.signedAt = NOW.minus(Duration.ofHours(2));
    repository.publish(2, "two");

    // Over a restart: its timestamp expires an hour before that time.
    assertThatThrownBy(device::look)
        .isInstanceOf(ExpiredMetadataException.class)
        .hasMessage(
            "timestamp: version 2 expired at 2026-03-02T10:00:00Z, it is 2026-03-02T11:00:00Z");
  }

  /** Otherwise one manifest from the year 2100 would make everything look expired for ever. */
  @Test
  void shouldBelieveNoTimeBeyondTheExpiryOfTheTimestampItCameWith() throws Exception {
    TestClient device = device().withoutClock();
    device.refreshed().passed(NOW.plus(Duration.ofDays(30_000)));

    assertThatThrownBy(device::look).isInstanceOf(ExpiredMetadataException.class);
    repository.signedAt = NOW.plusSeconds(1);
    repository.publish(2, "two");
    assertThat(device.look()).isPresent();
  }

  @Test
  void shouldNotReviveWhatHadExpiredWhenTheClockFallsBack() throws Exception {
    TestClient device = device();
    device.refreshed().passed(NOW.plus(DAY));
    device.passes(Duration.ofDays(-20_000));

    assertThatThrownBy(device::look)
        .isInstanceOf(ExpiredMetadataException.class)
        .hasMessageEndingWith("it is 2026-03-02T12:00:00Z");
  }

  private TestClient device() {
    return new TestClient(folder, repository.stored("1.root.json"), repository);
  }
}
