package io.distillstream.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class LogisticTest {

  @Test
  void shouldBeItsOwnInverse() {
    for (int p = 8; p < 4088; p += 8) {
      double back = Logistic.probability(Logistic.logit(p)) / 16.0;
      assertThat(back).isCloseTo(p + 0.5, within(4.0));
    }
  }

  @Test
  void shouldNeverBeCertain() {
    assertThat(Logistic.probability(-1_000_000)).isEqualTo(1);
    assertThat(Logistic.probability(1_000_000)).isEqualTo(65_535);
    assertThat(Logistic.probability(0)).isEqualTo(32_768);
  }

  /** Another platform with another table could not read what this one writes. */
  @Test
  void shouldHaveTheSameTablesEverywhere() {
    CRC32 logits = new CRC32();
    for (int p = 0; p < 4096; p++) {
      update(logits, Logistic.logit(p));
    }
    CRC32 probabilities = new CRC32();
    for (int logit = -3000; logit <= 3000; logit++) {
      update(probabilities, Logistic.probability(logit));
    }
    assertThat(Long.toHexString(logits.getValue())).isEqualTo("5217aa90");
    assertThat(Long.toHexString(probabilities.getValue())).isEqualTo("81aa7f82");
  }

  private static void update(CRC32 crc, int value) {
    crc.update(value >> 8);
    crc.update(value);
  }
}
