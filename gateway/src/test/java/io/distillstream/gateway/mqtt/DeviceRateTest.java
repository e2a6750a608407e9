package io.distillstream.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeviceRateTest {

  private final AtomicLong now = new AtomicLong();
  private final DeviceRate rate = new DeviceRate(2, now::get);

  @Test
  void shouldAllowTenSecondsWorthAtOnceAndThenTheRate() {
    assertThat(allowed("d1", 100)).isEqualTo(20);

    now.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(allowed("d1", 100)).isEqualTo(6);

    now.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(allowed("d1", 100)).isEqualTo(20);
  }

  @Test
  void shouldCountEachDeviceByItself() {
    assertThat(allowed("d1", 100)).isEqualTo(20);
    assertThat(allowed("d2", 100)).isEqualTo(20);
  }

  private int allowed(String device, int messages) {
    int allowed = 0;
    for (int i = 0; i < messages; i++) {
      allowed += rate.allows(device) ? 1 : 0;
    }
    return allowed;
  }
}
