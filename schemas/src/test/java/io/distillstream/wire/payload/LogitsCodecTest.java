package io.distillstream.wire.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.DenseLogits;
import io.distillstream.foundation.Binary16;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogitsCodecTest {

  @Test
  void shouldReadBackEveryHalfBitForBit() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      short half = (short) bits;
      float value = Binary16.toFloat(half);
      if (!Float.isNaN(value)) {
        assertThat(Binary16.fromFloat(value)).as("half %04x", bits).isEqualTo(half);
      }
    }
  }

  /** Values from IEEE 754-2008: smallest subnormal, largest subnormal, smallest normal, ties. */
  @Test
  void shouldRoundToNearestEven() {
    assertThat(Binary16.fromFloat(5.9604645e-8f)).isEqualTo((short) 0x0001);
    assertThat(Binary16.fromFloat(6.097555e-5f)).isEqualTo((short) 0x03ff);
    assertThat(Binary16.fromFloat(6.1035156e-5f)).isEqualTo((short) 0x0400);
    assertThat(Binary16.fromFloat(1f + 0x1p-11f)).isEqualTo((short) 0x3c00);
    assertThat(Binary16.fromFloat(1f + 3 * 0x1p-11f)).isEqualTo((short) 0x3c02);
    assertThat(Binary16.fromFloat(65_504f)).isEqualTo((short) 0x7bff);
    assertThat(Binary16.fromFloat(-2f)).isEqualTo((short) 0xc000);
  }

  @Test
  void shouldKeepLogitsWithinHalfPrecision() {
    float[] logits = new float[1_000];
    Random random = new Random(7);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian() * 8;
    }
    float[] decoded = LogitsCodec.decode(LogitsCodec.encode(logits), 1);
    for (int i = 0; i < logits.length; i++) {
      assertThat(decoded[i]).isCloseTo(logits[i], within(Math.abs(logits[i]) * 0x1p-11f + 1e-7f));
    }
  }

  @Test
  void shouldRefuseNonFiniteAndShortLogits() {
    assertThatThrownBy(() -> LogitsCodec.encode(new float[] {1, Float.NaN}))
        .hasMessage("Logit of class 1 is NaN");
    assertThatThrownBy(
            () -> LogitsCodec.decode(new DenseLogits(3, ByteBuffer.wrap(new byte[4])), 1))
        .hasMessageContaining("need 6 bytes, found 4");
  }
}
