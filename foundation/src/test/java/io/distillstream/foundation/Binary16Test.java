package io.distillstream.foundation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Binary16Test {
  @Test
  void shouldComeBackFromFloatAsItWas() {
    for (int bits = 0; bits < 0x10000; bits++) {
      float value = Binary16.toFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(Binary16.fromFloat(value)).as("%04x", bits).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void shouldRoundToTheNearestAndTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float low = Binary16.toFloat((short) bits);
      float high = Binary16.toFloat((short) (bits + 1));
      float middle = low + (high - low) / 2;
      assertThat(Binary16.fromFloat(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(Binary16.fromFloat(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      assertThat(Binary16.fromFloat(middle)).isEqualTo((short) (bits + (bits & 1)));
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
    assertThat(Binary16.toFloat(half)).isEqualTo(value);
    assertThat(Binary16.fromFloat(value)).isEqualTo(half);
  }

  @Test
  void shouldOverflowToInfinityAndKeepNaN() {
    assertThat(Binary16.fromFloat(65519.99f)).isEqualTo((short) 0x7bff);
    assertThat(Binary16.fromFloat(65520f)).isEqualTo((short) 0x7c00);
    assertThat(Binary16.fromFloat(-1e10f)).isEqualTo((short) 0xfc00);
    assertThat(Binary16.toFloat(Binary16.fromFloat(Float.NaN))).isNaN();
    assertThat(Binary16.fromFloat(1e-9f)).isEqualTo((short) 0);
  }
}
