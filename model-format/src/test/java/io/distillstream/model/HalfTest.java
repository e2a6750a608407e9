package io.distillstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalfTest {
  @Test
  void shouldComeBackFromFloatAsItWas() {
    for (int bits = 0; bits < 0x10000; bits++) {
      float value = Half.toFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(Half.fromFloat(value)).as("%04x", bits).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void shouldRoundToTheNearestAndTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float low = Half.toFloat((short) bits);
      float high = Half.toFloat((short) (bits + 1));
      float middle = low + (high - low) / 2;
      assertThat(Half.fromFloat(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(Half.fromFloat(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      assertThat(Half.fromFloat(middle)).isEqualTo((short) (bits + (bits & 1)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x0000, 0",
    "0x8000, -0.0",
    "0x3c00, 1",
    "0xc000, -2",
    "0x7bff, 65504",
    "0x0400, 6.103515625e-5",
    "0x0001, 5.960464477539063e-8",
    "0x3555, 0.333251953125",
    "0x7c00, Infinity",
    "0xfc00, -Infinity"
  })
  void shouldMatchKnownValues(String bits, float value) {
    short half = (short) (int) Integer.decode(bits);
    assertThat(Half.toFloat(half)).isEqualTo(value);
    assertThat(Half.fromFloat(value)).isEqualTo(half);
  }

  @Test
  void shouldOverflowToInfinityAndKeepNaN() {
    assertThat(Half.fromFloat(65519.99f)).isEqualTo((short) 0x7bff);
    assertThat(Half.fromFloat(65520f)).isEqualTo((short) 0x7c00);
    assertThat(Half.fromFloat(-1e10f)).isEqualTo((short) 0xfc00);
    assertThat(Half.toFloat(Half.fromFloat(Float.NaN))).isNaN();
    assertThat(Half.fromFloat(1e-9f)).isEqualTo((short) 0);
  }
}
